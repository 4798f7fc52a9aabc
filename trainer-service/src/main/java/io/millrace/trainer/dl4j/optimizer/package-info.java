/** Optimizers and their state. */
package io.millrace.trainer.dl4j.optimizer;
