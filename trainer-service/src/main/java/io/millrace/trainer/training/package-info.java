/** A run from its description to its stored model: steps, epochs, metrics, evaluation. */
package io.millrace.trainer.training;
