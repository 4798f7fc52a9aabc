package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.ConvolutionSpec;
import java.lang.reflect.Field;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A convolution on Deeplearning4j's layer and oneDNN. */
public final class ConvolutionStage implements Stage {
  private static final Field HELPER = helperField();

  private final ConvolutionLayer layer;
  private final LayerWorkspaceMgr workspaces;
  private final OneDnnConvolution convolution;

  /**
   * @param first whether no earlier stage needs a gradient
   */
  public ConvolutionStage(
      ConvolutionLayer layer,
      ConvolutionSpec.Conv2D spec,
      LayerWorkspaceMgr workspaces,
      boolean first) {
    this.layer = layer;
    this.workspaces = workspaces;
    boolean inPlace =
        spec.activation() == Activation.RELU || spec.activation() == Activation.LINEAR;
    boolean dilated = spec.dilationRate().rows() > 1 || spec.dilationRate().columns() > 1;
    // If the layer's helper has declined (the native libraries lack oneDNN), it stays as it is;
    // oneDNN in these libraries does not support dilated windows.
    boolean helped = layer.getHelper() != null && !dilated;
    this.convolution = helped ? new OneDnnConvolution(first, inPlace) : null;
    if (helped || dilated) {
      try {
        HELPER.set(layer, convolution);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Deeplearning4j has a getter for a layer's helper but no setter. */
  private static Field helperField() {
    try {
      Field field = ConvolutionLayer.class.getDeclaredField("helper");
      field.setAccessible(true);
      return field;
    } catch (NoSuchFieldException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    return layer.activate(input, pass.training(), workspaces);
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    if (convolution == null) {
      return layer.backpropGradient(epsilon, workspaces).getSecond();
    }
    convolution.backward(true);
    try {
      return layer.backpropGradient(epsilon, workspaces).getSecond();
    } finally {
      convolution.backward(false);
    }
  }

  @Override
  public void clear() {
    layer.clear();
    if (convolution != null) {
      convolution.clear();
    }
  }

  @Override
  public void close() {
    if (convolution != null) {
      convolution.close();
    }
  }
}
