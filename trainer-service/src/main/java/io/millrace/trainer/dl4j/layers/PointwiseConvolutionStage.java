package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.layers.DepthwiseConvolutionStage.Weights;
import io.millrace.trainer.dl4j.layers.Gemm.Matrix;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution of size 1 over images, without its activation: one matrix product for each image.
 */
final class PointwiseConvolutionStage implements Stage {
  private final Weights weights;
  private final int inputs;
  private final int filters;
  private INDArray input;

  /**
   * @param weights the kernel {@code [inputs, filters]}
   * @param inputs number of input channels
   */
  PointwiseConvolutionStage(Weights weights, int inputs, int filters) {
    this.weights = weights;
    this.inputs = inputs;
    this.filters = filters;
  }

  @Override
  public INDArray forward(INDArray values, Pass pass) {
    input = values;
    int batch = (int) values.size(0);
    int pixels = (int) (values.size(2) * values.size(3));
    float[] start = new float[batch * filters * pixels];
    if (weights.bias() != null) {
      float[] biases = Floats.read(weights.bias());
      for (int i = 0; i < start.length; i++) {
        start[i] = biases[i / pixels % filters];
      }
    }
    INDArray output = Floats.array(start, batch, filters, values.size(2), values.size(3));
    Matrix kernel = new Matrix(Floats.pointer(weights.kernel()), 0, filters);
    FloatPointer x = Floats.pointer(values);
    FloatPointer y = Floats.pointer(output);
    for (int image = 0; image < batch; image++) {
      Matrix from = new Matrix(x, (long) image * inputs * pixels, pixels);
      Matrix to = new Matrix(y, (long) image * filters * pixels, pixels);
      Gemm.multiply(filters, pixels, inputs, kernel.t(), from, 1, to);
    }
    return output;
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    INDArray error = epsilon.ordering() == 'c' ? epsilon : epsilon.dup('c');
    int batch = (int) input.size(0);
    int pixels = (int) (input.size(2) * input.size(3));
    if (weights.bias() != null) {
      biasGradient(Floats.read(error), pixels);
    }
    Matrix kernel = new Matrix(Floats.pointer(weights.kernel()), 0, filters);
    Matrix gradient = new Matrix(Floats.pointer(weights.kernelGradient()), 0, filters);
    INDArray result = Nd4j.createUninitialized(DataType.FLOAT, input.shape(), 'c');
    FloatPointer x = Floats.pointer(input);
    FloatPointer e = Floats.pointer(error);
    FloatPointer r = Floats.pointer(result);
    for (int image = 0; image < batch; image++) {
      Matrix in = new Matrix(x, (long) image * inputs * pixels, pixels);
      Matrix out = new Matrix(e, (long) image * filters * pixels, pixels);
      Matrix back = new Matrix(r, (long) image * inputs * pixels, pixels);
      Gemm.multiply(inputs, filters, pixels, in, out.t(), image == 0 ? 0 : 1, gradient);
      Gemm.multiply(inputs, pixels, filters, kernel, out, 0, back);
    }
    return result;
  }

  private void biasGradient(float[] errors, int pixels) {
    float[] sums = new float[filters];
    for (int i = 0; i < errors.length; i++) {
      sums[i / pixels % filters] += errors[i];
    }
    Floats.write(sums, weights.biasGradient());
  }

  @Override
  public void clear() {
    input = null;
  }
}
