package io.millrace.trainer.training;

import io.millrace.contracts.network.Units;
import io.millrace.contracts.request.Metric;
import io.millrace.trainer.network.Labels;
import io.millrace.trainer.network.Network.Outputs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Loss and metrics of the samples so far, under Keras' names.
 *
 * @param samples number of samples
 * @param loss the sum of the samples' losses
 * @param tallies the metrics' states, in the metrics' order; empty without samples
 */
public record MetricSums(long samples, double loss, List<Tally> tallies) {
  /** The sums of no samples. */
  public static final MetricSums ZERO = new MetricSums(0, 0, List.of());

  public MetricSums {
    tallies = List.copyOf(tallies);
  }

  /** These sums plus a batch of unscaled data. */
  public MetricSums plus(Outputs outputs, Labels labels, List<Metric> metrics) {
    return plus(outputs, labels, metrics, Units.NONE);
  }

  /**
   * These sums plus a batch.
   *
   * @param units the units of outputs and labels
   */
  public MetricSums plus(Outputs outputs, Labels labels, List<Metric> metrics, Units units) {
    return new MetricSums(
        samples + labels.size(),
        loss + outputs.loss() * labels.size(),
        metrics.isEmpty() ? List.of() : updated(outputs, labels, metrics, units));
  }

  private List<Tally> updated(Outputs outputs, Labels labels, List<Metric> metrics, Units units) {
    int width = outputs.values().length / labels.size();
    var seen = new Tally.Seen(outputs.values(), labels.targets(width), labels, width, units);
    var sums = new ArrayList<Tally>();
    for (int i = 0; i < metrics.size(); i++) {
      Tally tally = tallies.isEmpty() ? Tally.of(metrics.get(i), width) : tallies.get(i);
      sums.add(tally.plus(seen));
    }
    return sums;
  }

  /**
   * The class that a sample's outputs predict: the largest output's, the first one of equals; for a
   * single output, 1 if it is above 0.5.
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

  /** The means by name; null for a mean that is not finite. */
  public Map<String, Double> means(String prefix, List<Metric> metrics) {
    var means = new LinkedHashMap<String, Double>();
    put(means, prefix + "loss", loss / samples);
    for (int i = 0; i < tallies.size(); i++) {
      put(means, prefix + metrics.get(i).json(), tallies.get(i).value());
    }
    return means;
  }

  private static void put(Map<String, Double> means, String name, double value) {
    means.put(name, Double.isFinite(value) ? value : null);
  }
}
