/** The model store: whose a run is, how it ended, and its trained model. */
package io.millrace.trainer.store;
