package io.millrace.results.statistics;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The share of a metric's variance that a parameter alone explains: omega squared of a one-way
 * analysis of variance, {@code (SSB - dfB MSW) / (SST + MSW)} (W. L. Hays, Statistics for
 * Psychologists, 1963). Unlike eta squared, it is about 0 if the parameter makes no difference.
 */
public final class Importance {
  /** An explanation for the user. */
  public static final String MEASURE =
      "Omega squared: the share of the metric's variance over the completed runs that the parameter"
          + " alone explains, corrected for chance. If a numeric parameter has more than 5"
          + " different values, they are divided into at most 5 groups of equal size.";

  /** The least number of runs for a result. */
  static final int MIN_RUNS = 8;

  /** Numbers with more different values than this are put into this many groups. */
  static final int MAX_GROUPS = 5;

  private Importance() {}

  /**
   * The importance of a parameter.
   *
   * @param values of the runs; null is a value too
   * @param metric of the same runs, finite
   * @return 0 to 1; null for fewer than 8 runs, without variance, or if no two runs share a value
   */
  public static Double of(List<?> values, double[] metric) {
    return metric.length < MIN_RUNS ? null : omegaSquared(groups(values), metric);
  }

  private static Double omegaSquared(int[] groups, double[] metric) {
    int n = metric.length;
    int k = Arrays.stream(groups).max().orElse(0) + 1;
    if (k < 2 || n <= k) {
      return null;
    }
    double[] sums = new double[k];
    int[] sizes = new int[k];
    for (int i = 0; i < n; i++) {
      sums[groups[i]] += metric[i];
      sizes[groups[i]]++;
    }
    double mean = Arrays.stream(metric).sum() / n;
    double total = Arrays.stream(metric).map(value -> (value - mean) * (value - mean)).sum();
    double within = 0;
    for (int i = 0; i < n; i++) {
      double deviation = metric[i] - sums[groups[i]] / sizes[groups[i]];
      within += deviation * deviation;
    }
    if (!(total > 0)) {
      return null;
    }
    double withinMean = within / (n - k);
    double share = (total - within - (k - 1) * withinMean) / (total + withinMean);
    return Math.max(0, Math.min(1, share));
  }

  /** The group of each run, numbered from 0 without gaps. */
  private static int[] groups(List<?> values) {
    boolean isNumeric = values.stream().allMatch(value -> value instanceof Number);
    if (isNumeric && values.stream().distinct().count() > MAX_GROUPS) {
      return numbered(bins(values));
    }
    return numbered(values);
  }

  private static int[] numbered(List<?> keys) {
    var numbers = new HashMap<Object, Integer>();
    return keys.stream().mapToInt(key -> number(numbers, key)).toArray();
  }

  private static int number(Map<Object, Integer> numbers, Object key) {
    Integer known = numbers.get(key);
    if (known == null) {
      known = numbers.size();
      numbers.put(key, known);
    }
    return known;
  }

  /** Groups numbers by rank. Equal numbers have their mean rank and stay together. */
  private static List<Integer> bins(List<?> values) {
    int n = values.size();
    double[] sorted =
        values.stream().mapToDouble(value -> ((Number) value).doubleValue()).sorted().toArray();
    var ranks = new HashMap<Double, Integer>();
    for (int first = 0, last = 0; first < n; first = last) {
      while (last < n && sorted[last] == sorted[first]) {
        last++;
      }
      ranks.put(sorted[first], (first + last - 1) * MAX_GROUPS / (2 * n));
    }
    return values.stream().map(value -> ranks.get(((Number) value).doubleValue())).toList();
  }
}
