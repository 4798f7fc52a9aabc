package io.millrace.trainer.dl4j;

import io.millrace.trainer.dl4j.parts.NetworkPart;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A Deeplearning4j network, which holds the parameters and their gradients, and which is saved: a
 * {@link MultiLayerNetwork} if each layer takes the output of the layer before it, else a {@link
 * ComputationGraph}.
 */
interface Dl4jModel extends AutoCloseable {
  /** The network as Deeplearning4j's type. */
  Model model();

  /** The layer that holds a part. */
  Layer layer(NetworkPart part);

  /** The configuration's JSON. */
  String json();

  /** All parameters. */
  default INDArray params() {
    return model().params();
  }

  /** The gradients of all parameters; null where there are no parameters. */
  default INDArray gradients() {
    return model().getGradientsViewArray();
  }

  default long numParams() {
    return model().numParams();
  }

  @Override
  default void close() {
    model().close();
  }
}
