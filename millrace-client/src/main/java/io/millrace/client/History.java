package io.millrace.client;

import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run by epochs, in columns.
 *
 * @param epoch counts from 0
 * @param step how many steps the run had made at the end of each
 * @param at when each ended
 * @param metrics by Keras' names; NaN where a value is not finite or the epoch has none
 */
public record History(int[] epoch, long[] step, List<Instant> at, Map<String, double[]> metrics) {

  /** As the service answers. */
  record Rows(List<Row> epochs) {
    record Row(int epoch, long step, Instant at, Map<String, Double> metrics) {}

    History columns() {
      Map<String, double[]> metrics = new LinkedHashMap<>();
      for (int i = 0; i < epochs.size(); i++) {
        for (Map.Entry<String, Double> metric : epochs.get(i).metrics().entrySet()) {
          double[] column = metrics.computeIfAbsent(metric.getKey(), name -> unknown());
          column[i] = metric.getValue() == null ? Double.NaN : metric.getValue();
        }
      }
      return new History(
          epochs.stream().mapToInt(Row::epoch).toArray(),
          epochs.stream().mapToLong(Row::step).toArray(),
          epochs.stream().map(Row::at).toList(),
          metrics);
    }

    private double[] unknown() {
      var column = new double[epochs.size()];
      Arrays.fill(column, Double.NaN);
      return column;
    }
  }
}
