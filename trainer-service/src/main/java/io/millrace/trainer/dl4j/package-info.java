/** Networks on Deeplearning4j and ND4J; no other package depends on them. */
package io.millrace.trainer.dl4j;
