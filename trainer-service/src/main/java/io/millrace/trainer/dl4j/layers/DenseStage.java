package io.millrace.trainer.dl4j.layers;

import java.util.Map;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code activation(x W + b)}. */
public final class DenseStage implements Stage {
  private final IActivation activation;
  private final INDArray weights;
  private final INDArray bias;
  private final INDArray weightGradient;
  private final INDArray biasGradient;
  private final boolean first;

  private INDArray input;
  private INDArray preActivation;

  /**
   * @param parameters parameters by Deeplearning4j's names
   * @param gradients gradients of the parameters, by name
   * @param first whether no earlier stage needs a gradient
   */
  public DenseStage(
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients,
      IActivation activation,
      boolean first) {
    this.activation = activation;
    this.weights = parameters.get(DefaultParamInitializer.WEIGHT_KEY);
    this.bias = parameters.get(DefaultParamInitializer.BIAS_KEY);
    this.weightGradient = gradients.get(DefaultParamInitializer.WEIGHT_KEY);
    this.biasGradient = gradients.get(DefaultParamInitializer.BIAS_KEY);
    this.first = first;
  }

  @Override
  public INDArray forward(INDArray values, Pass pass) {
    input = values;
    INDArray z =
        Nd4j.createUninitialized(DataType.FLOAT, new long[] {values.size(0), weights.size(1)}, 'c');
    values.mmuli(weights, z);
    if (bias != null) {
      z.addiRowVector(bias);
    }
    if (activation instanceof ActivationIdentity) {
      return z;
    }
    preActivation = z;
    return activation.getActivation(pass.training() ? z.dup('c') : z, pass.training());
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    return backwardLinear(
        activation instanceof ActivationIdentity
            ? epsilon
            : activation.backprop(preActivation, epsilon).getFirst());
  }

  @Override
  public INDArray backwardLinear(INDArray delta) {
    Nd4j.gemm(input, delta, weightGradient, true, false, 1, 0);
    if (biasGradient != null) {
      delta.sum(biasGradient, 0);
    }
    if (first) {
      return null;
    }
    INDArray epsilon =
        Nd4j.createUninitialized(DataType.FLOAT, new long[] {delta.size(0), weights.size(0)}, 'c');
    delta.mmuli(weights.transpose(), epsilon);
    return epsilon;
  }

  @Override
  public void clear() {
    input = null;
    preActivation = null;
  }
}
