package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.AttentionSpec;
import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.layers.Gemm.Matrix;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Self-attention of a series {@code [time, batch, features]} with several heads (Vaswani et al.
 * 2017). A projection of all time steps and samples is one matrix product, whose columns are the
 * heads, one after the other.
 */
final class MultiHeadAttentionStage implements Stage {
  private final int heads;
  private final int keyDim;
  private final int valueDim;
  private final float factor;
  private final boolean first;
  private final AttentionHead head;
  private final Projection query;
  private final Projection key;
  private final Projection value;
  private final Projection output;

  private INDArray input;
  private INDArray queries;
  private INDArray keys;
  private INDArray values;

  /** The weighted means of the values, {@code [time, batch, heads · value_dim]}. */
  private INDArray means;

  private Pass pass;

  /**
   * @param features number of features of the series
   * @param parameters parameters by Keras' names: {@code query_kernel}, {@code query_bias} and so
   *     on
   * @param gradients gradients of the parameters, by name; null if none are computed @param seed
   *     combines the network's seed and the layer @param first whether no earlier stage needs a
   *     gradient
   */
  MultiHeadAttentionStage(
      AttentionSpec.MultiHeadAttention spec,
      int features,
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients,
      long seed,
      boolean first) {
    this.heads = spec.numHeads();
    this.keyDim = spec.keyDim();
    this.valueDim = spec.valueDim();
    this.factor = (float) (1 / Math.sqrt(keyDim));
    this.first = first;
    this.head = new AttentionHead(spec.dropout(), seed);
    this.query = new Projection("query", features, heads * keyDim, parameters, gradients);
    this.key = new Projection("key", features, heads * keyDim, parameters, gradients);
    this.value = new Projection("value", features, heads * valueDim, parameters, gradients);
    this.output =
        new Projection("attention_output", heads * valueDim, features, parameters, gradients);
  }

  /** {@code x W + b} at every time step of every sample. */
  private record Projection(
      String name,
      int inputs,
      int outputs,
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients) {
    private Matrix kernel() {
      return new Matrix(Floats.pointer(parameters.get(name + "_kernel")), 0, outputs);
    }

    private INDArray bias() {
      return parameters.get(name + "_bias");
    }

    INDArray forward(INDArray x) {
      INDArray made = series(x, outputs);
      int rows = rows(x);
      Matrix to = new Matrix(Floats.pointer(made), 0, outputs);
      if (bias() != null) {
        float[] biases = Floats.read(bias());
        FloatPointer start = Floats.pointer(made);
        for (int row = 0; row < rows; row++) {
          start.position((long) row * outputs).put(biases, 0, outputs);
        }
      }
      Matrix from = new Matrix(Floats.pointer(x), 0, inputs);
      Gemm.multiply(rows, outputs, inputs, from, kernel(), bias() == null ? 0 : 1, to);
      return made;
    }

    /** Writes the gradients of the weights. */
    void backward(INDArray x, INDArray error) {
      int rows = rows(x);
      Matrix errors = new Matrix(Floats.pointer(error), 0, outputs);
      Matrix from = new Matrix(Floats.pointer(x), 0, inputs);
      FloatPointer gradient = Floats.pointer(gradients.get(name + "_kernel"));
      Gemm.multiply(inputs, outputs, rows, from.t(), errors, 0, new Matrix(gradient, 0, outputs));
      if (bias() != null) {
        float[] sums = new float[outputs];
        float[] row = new float[outputs];
        FloatPointer start = Floats.pointer(error);
        for (int r = 0; r < rows; r++) {
          start.position((long) r * outputs).get(row);
          for (int i = 0; i < outputs; i++) {
            sums[i] += row[i];
          }
        }
        Floats.write(sums, gradients.get(name + "_bias"));
      }
    }

    /** {@code to = error W' + beta to}: the gradient with respect to the projection's input. */
    void backward(INDArray error, float beta, INDArray to) {
      Matrix errors = new Matrix(Floats.pointer(error), 0, outputs);
      Matrix result = new Matrix(Floats.pointer(to), 0, inputs);
      Gemm.multiply(rows(error), inputs, outputs, errors, kernel().t(), beta, result);
    }
  }

  private static int rows(INDArray series) {
    return (int) (series.size(0) * series.size(1));
  }

  /** A new series with the same time steps and samples. */
  private static INDArray series(INDArray like, int width) {
    return Nd4j.createUninitialized(
        DataType.FLOAT, new long[] {like.size(0), like.size(1), width}, 'c');
  }

  /** A head of a sample, counted over all samples: {@code [time, width]}. */
  private Matrix of(INDArray projected, int headOfAll, int width) {
    int stride = (int) projected.size(1) * heads * width;
    return new Matrix(Floats.pointer(projected), (long) headOfAll * width, stride);
  }

  private int time() {
    return (int) input.size(0);
  }

  private int headsOfAll() {
    return (int) input.size(1) * heads;
  }

  @Override
  public INDArray forward(INDArray series, Pass pass) {
    this.input = series;
    this.pass = pass;
    queries = query.forward(series);
    keys = key.forward(series);
    values = value.forward(series);
    means = series(series, heads * valueDim);
    head.begin(pass, time());
    for (int h = 0; h < headsOfAll(); h++) {
      Scores scores = scores(h, null, null);
      head.forward(h, scores, of(values, h, valueDim), valueDim, of(means, h, valueDim));
    }
    return output.forward(means);
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    output.backward(means, epsilon);
    INDArray ofMeans = series(input, heads * valueDim);
    output.backward(epsilon, 0, ofMeans);
    INDArray ofQueries = series(input, heads * keyDim);
    INDArray ofKeys = series(input, heads * keyDim);
    INDArray ofValues = series(input, heads * valueDim);
    head.begin(pass, time());
    for (int h = 0; h < headsOfAll(); h++) {
      Scores scores = scores(h, ofQueries, ofKeys);
      head.backward(
          h,
          scores,
          of(values, h, valueDim),
          valueDim,
          of(ofMeans, h, valueDim),
          of(ofValues, h, valueDim));
    }
    query.backward(input, ofQueries);
    key.backward(input, ofKeys);
    value.backward(input, ofValues);
    if (first) {
      return null;
    }
    INDArray result = series(input, (int) input.size(2));
    query.backward(ofQueries, 0, result);
    key.backward(ofKeys, 1, result);
    value.backward(ofValues, 1, result);
    return result;
  }

  private Scores scores(int headOfAll, INDArray ofQueries, INDArray ofKeys) {
    return new Scores(
        of(queries, headOfAll, keyDim),
        of(keys, headOfAll, keyDim),
        ofQueries == null ? null : of(ofQueries, headOfAll, keyDim),
        ofKeys == null ? null : of(ofKeys, headOfAll, keyDim),
        time(),
        keyDim,
        factor);
  }

  /**
   * {@code factor · q k'} of a head.
   *
   * @param ofQueries receives the gradient with respect to the queries; null in the forward pass
   * @param ofKeys receives the gradient with respect to the keys; null in the forward pass
   */
  private record Scores(
      Matrix queries,
      Matrix keys,
      Matrix ofQueries,
      Matrix ofKeys,
      int time,
      int width,
      float factor)
      implements AttentionHead.Scores {
    @Override
    public void forward(float[] scores, Matrix matrix) {
      Gemm.multiply(time, time, width, factor, queries, keys.t(), 0, matrix);
      matrix.memory().get(scores, 0, scores.length);
    }

    @Override
    public void backward(float[] errors, Matrix matrix) {
      Gemm.multiply(time, width, time, factor, matrix, keys, 0, ofQueries);
      Gemm.multiply(time, width, time, factor, matrix.t(), queries, 0, ofKeys);
    }
  }

  @Override
  public void clear() {
    input = null;
    queries = null;
    keys = null;
    values = null;
    means = null;
  }

  @Override
  public void close() {
    head.close();
  }
}
