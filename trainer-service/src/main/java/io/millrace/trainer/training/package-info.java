/**
 * A run from its data set's description to its stored model: steps, epochs, metrics, evaluation.
 */
package io.millrace.trainer.training;
