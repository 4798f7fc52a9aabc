/**
 * A network's layers in Deeplearning4j: what it computes itself, what our stages compute, and where
 * weights are.
 */
package io.millrace.trainer.dl4j.parts;
