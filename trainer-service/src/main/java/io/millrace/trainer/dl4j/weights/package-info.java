/** Weights: initial values, constraints and penalties. */
package io.millrace.trainer.dl4j.weights;
