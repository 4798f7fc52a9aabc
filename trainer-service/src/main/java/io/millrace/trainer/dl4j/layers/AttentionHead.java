package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.layers.Gemm.Matrix;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Attention among a series' time steps, {@code dropout(softmax(scores)) values}, for one head of
 * one sample at a time. So there is one matrix {@code [time, time]}, whatever the batch; the
 * backward pass computes it again. Which weights are dropped is a function of (seed, layer, step,
 * sample, head, query's time, key's time).
 */
final class AttentionHead implements AutoCloseable {
  private final double rate;
  private final long seed;

  private int time;
  private boolean drops;
  private long key;

  /** {@code [time, time]}, a query in each row: input and output of matrix products. */
  private FloatPointer memory = new FloatPointer(1);

  private float[] weights = {};
  private float[] errors = {};

  /** The score of two time steps. */
  interface Scores {
    /**
     * @param scores receives each query's scores in a row
     * @param matrix scratch memory of the same size, native
     */
    void forward(float[] scores, Matrix matrix);

    /**
     * @param errors the loss's gradient with respect to the scores
     * @param matrix the same values in native memory
     */
    void backward(float[] errors, Matrix matrix);
  }

  /**
   * @param rate the share of the weights that is dropped in training
   * @param seed combines the network's seed and the layer
   */
  AttentionHead(double rate, long seed) {
    this.rate = rate;
    this.seed = seed;
  }

  /** Begins a pass over series with {@code time} steps. */
  void begin(Stage.Pass pass, int time) {
    this.time = time;
    drops = pass.training() && rate > 0;
    key = DropoutStage.key(seed, pass.step());
    if (weights.length != time * time) {
      memory.close();
      memory = new FloatPointer((long) time * time);
      weights = new float[time * time];
      errors = new float[time * time];
    }
  }

  private Matrix matrix() {
    return new Matrix(memory, 0, time);
  }

  /**
   * @param head counts over all samples
   * @param values {@code [time, width]}
   * @param to the output, of the same shape
   */
  void forward(long head, Scores scores, Matrix values, int width, Matrix to) {
    weigh(scores);
    drop(head, weights);
    memory.put(weights, 0, weights.length);
    Gemm.multiply(time, width, time, matrix(), values, 0, to);
  }

  /**
   * @param error the loss's gradient with respect to the output
   * @param valueErrors receives the gradient with respect to the values
   */
  void backward(
      long head, Scores scores, Matrix values, int width, Matrix error, Matrix valueErrors) {
    weigh(scores);
    System.arraycopy(weights, 0, errors, 0, weights.length);
    drop(head, errors);
    memory.put(errors, 0, errors.length);
    Gemm.multiply(time, width, time, matrix().t(), error, 0, valueErrors);
    Gemm.multiply(time, time, width, error, values.t(), 0, matrix());
    memory.get(errors, 0, errors.length);
    drop(head, errors);
    for (int start = 0; start < errors.length; start += time) {
      float mean = 0;
      for (int i = start; i < start + time; i++) {
        mean += weights[i] * errors[i];
      }
      for (int i = start; i < start + time; i++) {
        errors[i] = weights[i] * (errors[i] - mean);
      }
    }
    memory.put(errors, 0, errors.length);
    scores.backward(errors, matrix());
  }

  /** Replaces each query's scores by their softmax. */
  private void weigh(Scores scores) {
    scores.forward(weights, matrix());
    for (int start = 0; start < weights.length; start += time) {
      float most = Float.NEGATIVE_INFINITY;
      for (int i = start; i < start + time; i++) {
        most = Math.max(most, weights[i]);
      }
      double sum = 0;
      for (int i = start; i < start + time; i++) {
        weights[i] = (float) Math.exp(weights[i] - most);
        sum += weights[i];
      }
      float factor = (float) (1 / sum);
      for (int i = start; i < start + time; i++) {
        weights[i] *= factor;
      }
    }
  }

  private void drop(long head, float[] values) {
    if (drops) {
      long first = head * values.length;
      for (int i = 0; i < values.length; i++) {
        values[i] *= NoiseStage.dropout(NoiseStage.bits(key, first + i), rate);
      }
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
