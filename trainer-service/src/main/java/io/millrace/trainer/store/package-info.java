/** The model store: which trainer has a run, how the run ended, and its trained model. */
package io.millrace.trainer.store;
