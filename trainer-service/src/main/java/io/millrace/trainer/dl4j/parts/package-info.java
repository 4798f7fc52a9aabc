/**
 * A network's layers as Deeplearning4j holds them: what it computes itself, what is ours, and where
 * weights lie.
 */
package io.millrace.trainer.dl4j.parts;
