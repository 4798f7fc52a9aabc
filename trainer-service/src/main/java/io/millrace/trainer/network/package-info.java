/** A network as the training loop sees it. Only {@code dl4j} knows the implementation. */
package io.millrace.trainer.network;
