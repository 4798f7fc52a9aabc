package io.millrace.client;

import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The metrics of a run by epoch, in columns.
 *
 * @param epoch epoch numbers, which count from 0
 * @param step the number of steps that the run had completed at the end of each epoch
 * @param at the end of each epoch
 * @param metrics columns by Keras names; NaN if a value is not finite or the epoch has none
 */
public record History(int[] epoch, long[] step, List<Instant> at, Map<String, double[]> metrics) {

  /** The epochs in the service's response. */
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
