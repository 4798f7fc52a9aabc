package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.layers.Gemm.Matrix;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Deeplearning4j's oneDNN convolution without unnecessary work: the repeated forward pass in the
 * backward pass, and in a network's first layer the gradient of the images, which nothing uses and
 * which costs as much as all the rest.
 */
public final class OneDnnConvolution extends MKLDNNConvHelper {
  /** Columns of a tile: with several tens of rows it fits a core's cache. */
  private static final int TILE = 2048;

  private final boolean first;
  private final boolean inPlace;

  private INDArray output;
  private boolean backward;
  private long passes;
  private FloatPointer patches = new FloatPointer(1);
  private FloatPointer sums = new FloatPointer(1);

  /**
   * @param first whether the gradient of the input is not needed
   * @param inPlace whether the activation's derivative follows from its value, which replaces its
   *     argument in the forward pass
   */
  OneDnnConvolution(boolean first, boolean inPlace) {
    super(DataType.FLOAT);
    this.first = first;
    this.inPlace = inPlace;
  }

  /** Sets whether the layer's next call belongs to the backward pass. */
  void backward(boolean value) {
    backward = value;
  }

  /** The number of forward convolutions that oneDNN has computed so far. */
  public long passes() {
    return passes;
  }

  @Override
  public INDArray preOutput(
      INDArray input,
      INDArray weights,
      INDArray bias,
      int[] kernel,
      int[] strides,
      int[] pad,
      ConvolutionLayer.AlgoMode mode,
      ConvolutionLayer.FwdAlgo algorithm,
      ConvolutionMode convolutionMode,
      int[] dilation,
      CNN2DFormat format,
      LayerWorkspaceMgr workspaces) {
    if (backward && inPlace) {
      return output;
    }
    passes++;
    output =
        super.preOutput(
            input,
            weights,
            bias,
            kernel,
            strides,
            pad,
            mode,
            algorithm,
            convolutionMode,
            dilation,
            format,
            workspaces);
    return output;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray input,
      INDArray weights,
      INDArray bias,
      INDArray delta,
      int[] kernel,
      int[] strides,
      int[] pad,
      INDArray biasGradient,
      INDArray weightGradient,
      IActivation activation,
      ConvolutionLayer.AlgoMode mode,
      ConvolutionLayer.BwdFilterAlgo filterAlgorithm,
      ConvolutionLayer.BwdDataAlgo dataAlgorithm,
      ConvolutionMode convolutionMode,
      int[] dilation,
      CNN2DFormat format,
      LayerWorkspaceMgr workspaces) {
    if (first) {
      var patch = new Patches(input.shape(), delta.shape(), kernel, strides, pad);
      weightGradients(patch, input, delta, weightGradient, biasGradient);
      return new Pair<>(new DefaultGradient(), null);
    }
    return super.backpropGradient(
        input,
        weights,
        bias,
        delta,
        kernel,
        strides,
        pad,
        biasGradient,
        weightGradient,
        activation,
        mode,
        filterAlgorithm,
        dataAlgorithm,
        convolutionMode,
        dilation,
        format,
        workspaces);
  }

  /** The shapes of a convolution: {@code [batch, channels, height, width]} of input and output. */
  private record Patches(long[] in, long[] out, int[] kernel, int[] strides, int[] pad) {
    int width() {
      return (int) out[3];
    }

    int height() {
      return (int) out[2];
    }

    /** The number of values under a window. */
    int values() {
      return (int) in[1] * kernel[0] * kernel[1];
    }
  }

  /**
   * Computes {@code dW = sum over images and tiles of delta · patches^T}; a last row of ones in the
   * patches adds the bias' gradient to the same product.
   */
  private void weightGradients(
      Patches p, INDArray input, INDArray delta, INDArray weightGradient, INDArray biasGradient) {
    int filters = (int) p.out[1];
    int rows = p.values() + 1;
    int lines = Math.max(1, TILE / p.width());
    reserve((long) rows * lines * p.width(), (long) filters * rows);
    FloatBuffer columns = patches.asBuffer();
    FloatBuffer images = Floats.buffer(input);
    FloatPointer d = Floats.pointer(delta);
    int size = p.height() * p.width();
    float beta = 0;
    for (int image = 0; image < p.in[0]; image++) {
      for (int line = 0; line < p.height(); line += lines) {
        int count = Math.min(lines, p.height() - line) * p.width();
        gather(p, images, image, line, count / p.width(), columns);
        long start = (long) image * filters * size + (long) line * p.width();
        Matrix errors = new Matrix(d, start, size);
        Matrix under = new Matrix(patches, 0, count).t();
        Gemm.multiply(filters, rows, count, errors, under, beta, new Matrix(sums, 0, rows));
        beta = 1;
      }
    }
    scatter(rows, filters, weightGradient, biasGradient);
  }

  private void gather(
      Patches p, FloatBuffer images, int image, int line, int lines, FloatBuffer columns) {
    int height = (int) p.in[2];
    int width = (int) p.in[3];
    int channels = (int) p.in[1];
    int to = 0;
    for (int c = 0; c < channels; c++) {
      int plane = (image * channels + c) * height * width;
      for (int ky = 0; ky < p.kernel[0]; ky++) {
        for (int kx = 0; kx < p.kernel[1]; kx++) {
          for (int y = line; y < line + lines; y++) {
            int row = y * p.strides[0] - p.pad[0] + ky;
            int from = row < 0 || row >= height ? -1 : plane + row * width;
            copy(images, from, width, kx - p.pad[1], p.strides[1], columns, to, p.width());
            to += p.width();
          }
        }
      }
    }
    for (int i = 0; i < lines * p.width(); i++) {
      columns.put(to + i, 1);
    }
  }

  /**
   * Copies {@code count} values of a row, from column {@code at} on, with zeros outside the row.
   */
  private static void copy(
      FloatBuffer images,
      int from,
      int width,
      int at,
      int stride,
      FloatBuffer columns,
      int to,
      int count) {
    if (from >= 0 && stride == 1 && at >= 0 && at + count <= width) {
      columns.put(to, images, from + at, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      int x = at + i * stride;
      columns.put(to + i, from < 0 || x < 0 || x >= width ? 0 : images.get(from + x));
    }
  }

  private void scatter(int rows, int filters, INDArray weightGradient, INDArray biasGradient) {
    FloatBuffer from = sums.asBuffer();
    FloatBuffer weights = Floats.buffer(weightGradient);
    FloatBuffer biases = biasGradient == null ? null : Floats.buffer(biasGradient);
    for (int f = 0; f < filters; f++) {
      weights.put(f * (rows - 1), from, f * rows, rows - 1);
      if (biases != null) {
        biases.put(f, from.get(f * rows + rows - 1));
      }
    }
  }

  private void reserve(long patchValues, long sumValues) {
    if (patches.capacity() < patchValues) {
      patches.close();
      patches = new FloatPointer(patchValues);
    }
    if (sums.capacity() < sumValues) {
      sums.close();
      sums = new FloatPointer(sumValues);
    }
  }

  void clear() {
    output = null;
  }

  void close() {
    patches.close();
    sums.close();
  }
}
