/** Networks on Deeplearning4j and ND4J; the only package that knows either. */
package io.millrace.trainer.dl4j;
