package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs a stage in the process's memory, in a network on a GPU. It has copies of the stage's weights
 * and gradients: the weights are copied before each pass, and the results are copied back after it.
 */
public final class HostStage implements Stage {
  private final Map<String, INDArray> parameters;
  private final Map<String, INDArray> gradients;
  private final Map<String, INDArray> ownParameters;
  private final Map<String, INDArray> ownGradients;
  private final Stage stage;

  /**
   * @param parameters on the device, by name
   * @param gradients on the device, by name
   * @param maker creates the stage from its copies of parameters and gradients
   */
  public HostStage(
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients,
      BiFunction<Map<String, INDArray>, Map<String, INDArray>, Stage> maker) {
    this.parameters = parameters;
    this.gradients = gradients;
    this.ownParameters = copies(parameters);
    this.ownGradients = copies(gradients);
    this.stage = maker.apply(ownParameters, ownGradients);
  }

  private static Map<String, INDArray> copies(Map<String, INDArray> arrays) {
    var copies = new LinkedHashMap<String, INDArray>();
    arrays.forEach((name, array) -> copies.put(name, array.dup(array.ordering())));
    return copies;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    parameters.forEach((name, array) -> ownParameters.get(name).assign(array));
    // A stage may hold its weights' addresses: this call updates the host memory at those
    // addresses.
    ownParameters.values().forEach(Floats::pointer);
    INDArray output = stage.forward(input, pass);
    if (pass.training()) {
      // The stage updates moving means and variances.
      parameters.forEach((name, array) -> array.assign(ownParameters.get(name)));
    }
    return output;
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    return taken(stage.backward(epsilon));
  }

  @Override
  public INDArray backwardLinear(INDArray delta) {
    return taken(stage.backwardLinear(delta));
  }

  private INDArray taken(INDArray gradient) {
    gradients.forEach((name, array) -> array.assign(ownGradients.get(name)));
    return gradient;
  }

  @Override
  public void clear() {
    stage.clear();
  }

  @Override
  public void close() {
    stage.close();
    ownParameters.values().forEach(INDArray::close);
    ownGradients.values().forEach(INDArray::close);
  }
}
