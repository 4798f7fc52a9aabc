package io.millrace.trainer.training;

import io.millrace.contracts.request.Metric;
import io.millrace.trainer.network.Labels;
import io.millrace.trainer.network.Network.Outputs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums over samples, from which the means by Keras' names come.
 *
 * @param samples seen
 * @param loss the sum of the samples' losses
 * @param correct samples whose class was predicted; of shares of classes, the class of the largest
 * @param values outputs seen
 * @param absoluteError the sum of their absolute errors
 */
public record MetricSums(
    long samples, double loss, long correct, long values, double absoluteError) {
  /** Nothing seen yet. */
  public static final MetricSums ZERO = new MetricSums(0, 0, 0, 0, 0);

  /** These and a batch. */
  public MetricSums plus(Outputs outputs, Labels labels) {
    int width = outputs.values().length / labels.size();
    long hits = correct;
    double errors = absoluteError;
    for (int i = 0; i < labels.size(); i++) {
      if (labels.areClasses() && predictedClass(outputs.values(), i, width) == labels.classOf(i)) {
        hits++;
      }
    }
    float[] targets = labels.targets(width);
    for (int k = 0; k < targets.length; k++) {
      errors += Math.abs((double) outputs.values()[k] - targets[k]);
    }
    return new MetricSums(
        samples + labels.size(),
        loss + outputs.loss() * labels.size(),
        hits,
        values + outputs.values().length,
        errors);
  }

  /**
   * The class that a sample's outputs name: the largest, the first of equal ones; of a single
   * output, 1 where it is above 0.5.
   */
  static int predictedClass(float[] outputs, int sample, int width) {
    if (width == 1) {
      return outputs[sample] > 0.5f ? 1 : 0;
    }
    int best = 0;
    for (int j = 1; j < width; j++) {
      if (outputs[sample * width + j] > outputs[sample * width + best]) {
        best = j;
      }
    }
    return best;
  }

  /** The means by name; what is not finite is left out. */
  public Map<String, Double> means(String prefix, List<Metric> metrics) {
    var means = new LinkedHashMap<String, Double>();
    put(means, prefix + "loss", loss / samples);
    for (Metric metric : metrics) {
      put(
          means,
          prefix + metric.json(),
          switch (metric) {
            case ACC -> (double) correct / samples;
            case MAE -> absoluteError / values;
          });
    }
    return means;
  }

  private static void put(Map<String, Double> means, String name, double value) {
    if (Double.isFinite(value)) {
      means.put(name, value);
    }
  }
}
