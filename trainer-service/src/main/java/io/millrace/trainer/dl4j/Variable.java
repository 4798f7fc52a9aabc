package io.millrace.trainer.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;

/**
 * A trainable variable's place among all parameters: what Keras calls a variable, a kernel or a
 * bias.
 *
 * @param start of its first number
 * @param length numbers
 */
record Variable(long start, long length) {
  /** Statistics that a layer gathers; no optimizer may touch them. */
  private static final Set<String> UNTRAINABLE =
      Set.of(
          BatchNormalizationParamInitializer.GLOBAL_MEAN,
          BatchNormalizationParamInitializer.GLOBAL_VAR,
          BatchNormalizationParamInitializer.GLOBAL_LOG_STD);

  /** The trainable variables of a network, in their order. */
  static List<Variable> of(MultiLayerNetwork network) {
    var variables = new ArrayList<Variable>();
    long start = 0;
    for (Layer layer : network.getLayers()) {
      for (String name : layer.conf().variables()) {
        long length = layer.getParam(name).length();
        if (!UNTRAINABLE.contains(name)) {
          variables.add(new Variable(start, length));
        }
        start += length;
      }
    }
    if (start != network.numParams()) {
      throw new IllegalStateException(start + " of " + network.numParams() + " parameters found");
    }
    return variables;
  }
}
