/** A network as the training loop knows it. What stands behind is in {@code dl4j} alone. */
package io.millrace.trainer.network;
