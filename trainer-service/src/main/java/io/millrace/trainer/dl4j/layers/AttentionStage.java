package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.AttentionSpec;
import io.millrace.contracts.request.ScoreMode;
import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.layers.Gemm.Matrix;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Self-attention of a series {@code [time, batch, features]}, which is query, key and value at once
 * (Luong et al. 2015).
 */
final class AttentionStage implements Stage {
  private static final String SCALE = "scale";
  private static final String SCORE_WEIGHT = "concat_score_weight";

  private final AttentionSpec.Attention spec;
  private final Map<String, INDArray> parameters;
  private final Map<String, INDArray> gradients;
  private final boolean first;
  private final AttentionHead head;

  private INDArray input;
  private Pass pass;

  /**
   * @param parameters parameters by Keras' names: {@code scale}, {@code concat_score_weight}
   * @param gradients gradients of the parameters, by name; null if none are computed @param seed
   *     combines the network's seed and the layer @param first whether no earlier stage needs a
   *     gradient
   */
  AttentionStage(
      AttentionSpec.Attention spec,
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients,
      long seed,
      boolean first) {
    this.spec = spec;
    this.parameters = parameters;
    this.gradients = gradients;
    this.first = first;
    this.head = new AttentionHead(spec.dropout(), seed);
  }

  private float scale() {
    return spec.useScale() ? parameters.get(SCALE).getFloat(0) : 1;
  }

  private int time() {
    return (int) input.size(0);
  }

  private int batch() {
    return (int) input.size(1);
  }

  private int features() {
    return (int) input.size(2);
  }

  /** The time steps and features of a sample. */
  private Matrix of(INDArray series, int sample) {
    return new Matrix(Floats.pointer(series), (long) sample * features(), batch() * features());
  }

  @Override
  public INDArray forward(INDArray values, Pass pass) {
    this.input = values;
    this.pass = pass;
    head.begin(pass, time());
    INDArray output = Nd4j.createUninitialized(DataType.FLOAT, values.shape(), 'c');
    SampleScores scores = scores();
    for (int b = 0; b < batch(); b++) {
      scores.begin(of(values, b), null);
      head.forward(b, scores, of(values, b), features(), of(output, b));
    }
    return output;
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    head.begin(pass, time());
    INDArray result = Nd4j.createUninitialized(DataType.FLOAT, input.shape(), 'c');
    SampleScores scores = scores();
    for (int b = 0; b < batch(); b++) {
      scores.begin(of(input, b), of(result, b));
      head.backward(b, scores, of(input, b), features(), of(epsilon, b), of(result, b));
    }
    if (spec.useScale()) {
      gradients.get(SCALE).assign(scores.scaleGradient);
    }
    if (spec.scoreMode() == ScoreMode.CONCAT) {
      gradients.get(SCORE_WEIGHT).assign(scores.scoreWeightGradient);
    }
    return first ? null : result;
  }

  private SampleScores scores() {
    return spec.scoreMode() == ScoreMode.DOT
        ? new Products(time(), features(), scale())
        : new Tangents(time(), features(), scale(), parameters.get(SCORE_WEIGHT).getFloat(0));
  }

  /** Scores of one sample at a time, which also sum the gradients of the weights. */
  private abstract static class SampleScores implements AttentionHead.Scores {
    final int time;
    final int features;
    final float scale;

    /** A sample's values, without gaps. */
    final float[] x;

    /** The gradient with respect to those values. */
    final float[] sums;

    double scaleGradient;
    double scoreWeightGradient;
    Matrix values;
    private Matrix result;

    SampleScores(int time, int features, float scale) {
      this.time = time;
      this.features = features;
      this.scale = scale;
      this.x = new float[time * features];
      this.sums = new float[time * features];
    }

    /**
     * @param result receives the gradient with respect to the values; null in the forward pass
     */
    void begin(Matrix values, Matrix result) {
      this.values = values;
      this.result = result;
      for (int t = 0; t < time; t++) {
        at(values, t).get(x, t * features, features);
      }
    }

    @Override
    public void backward(float[] errors, Matrix matrix) {
      for (int t = 0; t < time; t++) {
        at(result, t).get(sums, t * features, features);
      }
      add(errors, matrix);
      for (int t = 0; t < time; t++) {
        at(result, t).put(sums, t * features, features);
      }
    }

    private static FloatPointer at(Matrix series, int t) {
      FloatPointer start = series.pointer();
      return start.position(start.position() + (long) t * series.stride());
    }

    /** Adds to the sums and to the gradients of the weights. */
    abstract void add(float[] errors, Matrix matrix);
  }

  /** {@code scale · x x'}. */
  private static final class Products extends SampleScores {
    private final float[] products;

    Products(int time, int features, float scale) {
      super(time, features, scale);
      this.products = new float[time * features];
    }

    @Override
    public void forward(float[] scores, Matrix matrix) {
      Gemm.multiply(time, time, features, scale, values, values.t(), 0, matrix);
      matrix.memory().get(scores, 0, scores.length);
    }

    @Override
    void add(float[] errors, Matrix matrix) {
      try (FloatPointer memory = new FloatPointer((long) time * features)) {
        Matrix product = new Matrix(memory, 0, features);
        // Gradients as query and as key; each one's sum with x is the scale's gradient, hence 0.5.
        Gemm.multiply(time, features, time, matrix, values, 0, product);
        Gemm.multiply(time, features, time, matrix.t(), values, 1, product);
        memory.get(products);
        for (int i = 0; i < sums.length; i++) {
          scaleGradient += 0.5 * products[i] * x[i];
          sums[i] += scale * products[i];
        }
      }
    }
  }

  /** {@code weight · sum(tanh(scale (x_i + x_j)))}, which is symmetric in i and j. */
  private static final class Tangents extends SampleScores {
    private final float weight;
    private final float[] tangents;

    Tangents(int time, int features, float scale, float weight) {
      super(time, features, scale);
      this.weight = weight;
      this.tangents = new float[features];
    }

    private void tangents(int i, int j) {
      for (int f = 0; f < features; f++) {
        tangents[f] = scale * (x[i * features + f] + x[j * features + f]);
      }
      RationalTanh.tanh(tangents, 0, features);
    }

    @Override
    public void forward(float[] scores, Matrix matrix) {
      for (int i = 0; i < time; i++) {
        for (int j = 0; j <= i; j++) {
          tangents(i, j);
          float sum = 0;
          for (float tangent : tangents) {
            sum += tangent;
          }
          scores[i * time + j] = weight * sum;
          scores[j * time + i] = weight * sum;
        }
      }
    }

    @Override
    void add(float[] errors, Matrix matrix) {
      for (int i = 0; i < time; i++) {
        for (int j = 0; j <= i; j++) {
          tangents(i, j);
          float error = errors[i * time + j] + (i == j ? 0 : errors[j * time + i]);
          add(i * features, j * features, error);
        }
      }
    }

    private void add(int i, int j, float error) {
      for (int f = 0; f < features; f++) {
        float slope = error * weight * (1 - tangents[f] * tangents[f]);
        scoreWeightGradient += (double) error * tangents[f];
        scaleGradient += (double) slope * (x[i + f] + x[j + f]);
        sums[i + f] += scale * slope;
        sums[j + f] += scale * slope;
      }
    }
  }

  @Override
  public void clear() {
    input = null;
  }

  @Override
  public void close() {
    head.close();
  }
}
