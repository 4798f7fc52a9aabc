package io.millrace.trainer.dl4j;

import io.millrace.trainer.dl4j.parts.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The parameters of a {@link KerasLayer} under Keras' names, one after the other, each as a vector.
 */
final class KerasLayerParameters implements ParamInitializer {

  private static List<Variable> variables(Layer layer) {
    return Variable.of(((KerasLayer) layer).part());
  }

  @Override
  public long numParams(NeuralNetConfiguration configuration) {
    return numParams(configuration.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return variables(layer).stream().mapToLong(Variable::length).sum();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return variables(layer).stream().map(Variable::name).toList();
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return paramKeys(layer).stream().filter(key -> !key.endsWith("bias")).toList();
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return paramKeys(layer).stream().filter(key -> key.endsWith("bias")).toList();
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return weightKeys(layer).contains(key);
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return biasKeys(layer).contains(key);
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration configuration, INDArray parameters, boolean initialize) {
    // KerasWeights writes the values, or they are read from a saved network.
    paramKeys(configuration.getLayer()).forEach(configuration::addVariable);
    return views(configuration.getLayer(), parameters);
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration configuration, INDArray gradients) {
    return views(configuration.getLayer(), gradients);
  }

  private static Map<String, INDArray> views(Layer layer, INDArray all) {
    Map<String, INDArray> views = new LinkedHashMap<>();
    long start = 0;
    for (Variable variable : variables(layer)) {
      INDArray flat = all.reshape(all.length());
      long end = start + variable.length();
      views.put(
          variable.name(),
          flat.get(NDArrayIndex.interval(start, end)).reshape(1, variable.length()));
      start = end;
    }
    return views;
  }
}
