package io.millrace.trainer.dl4j;

import io.millrace.trainer.dl4j.parts.NetworkPart;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network of Deeplearning4j's, which holds the parameters and their gradients, and is what is
 * saved: a {@link MultiLayerNetwork} where each layer takes the output of the one before it, a
 * {@link ComputationGraph} else.
 */
interface Dl4jModel extends AutoCloseable {
  /** As Deeplearning4j has it. */
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
