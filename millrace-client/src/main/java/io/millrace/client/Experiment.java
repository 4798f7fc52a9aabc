package io.millrace.client;

import java.util.List;
import java.util.Map;

/**
 * An experiment: its answer and its variants.
 *
 * @param experiment name of the experiment
 * @param answer whether the trick helps, in words
 * @param metric the metric by which the variants are judged
 * @param higherIsBetter whether a higher value of the metric is better
 * @param baseline the variant against which the others are judged
 * @param variants the variants in the order of their first runs
 * @param truncated true if the experiment has more runs than the service compares, else null
 */
public record Experiment(
    String experiment,
    String answer,
    String metric,
    boolean higherIsBetter,
    String baseline,
    List<Variant> variants,
    Boolean truncated) {

  private static final String TEST = "test_";

  /**
   * Returns the result of a variant for the metric by which the experiment is judged.
   *
   * @param variant one of {@link #variants}
   * @return the result, or null if no run of the variant has it
   */
  public Spread judged(Variant variant) {
    return metric.startsWith(TEST)
        ? variant.test().get(metric.substring(TEST.length()))
        : variant.lastEpoch().get(metric);
  }

  /**
   * A variant. Its numbers cover its completed runs, which differ only in their seed.
   *
   * @param variant name of the variant
   * @param completed number of completed runs
   * @param seeds seeds of the completed runs
   * @param test the evaluation on the test part by metric
   * @param lastEpoch the last epoch by metric
   * @param comparison the comparison with the baseline; null if there is nothing to compare
   */
  public record Variant(
      String variant,
      int completed,
      List<Long> seeds,
      Map<String, Spread> test,
      Map<String, Spread> lastEpoch,
      Comparison comparison) {}

  /**
   * A number over replicates.
   *
   * @param n number of replicates with a finite value
   * @param mean mean of these values
   * @param std sample standard deviation; null if n is 1
   * @param low lower end of the 95% confidence interval of the mean; null if n is 1
   * @param high upper end of the interval; null if n is 1
   * @param min smallest value
   * @param max largest value
   */
  public record Spread(
      int n, double mean, Double std, Double low, Double high, double min, double max) {}

  /**
   * A comparison of a variant with the baseline.
   *
   * @param difference difference of the means
   * @param p p-value of Welch's t-test; null if the values do not vary
   * @param pCorrected p-value corrected for the number of variants
   * @param effectSize Hedges' g
   * @param verdict better, worse, no_difference, undecided or no_spread
   * @param moreSeeds estimated number of further seeds that decide the comparison; null if it is
   *     decided or needs more than 100
   * @param sentence the comparison in words
   */
  public record Comparison(
      double difference,
      Double p,
      Double pCorrected,
      Double effectSize,
      String verdict,
      Integer moreSeeds,
      String sentence) {}
}
