package io.millrace.client;

import java.util.List;
import java.util.Map;

/**
 * An experiment: its variants side by side.
 *
 * @param experiment its name
 * @param answer did the trick help, in words
 * @param metric by which the variants are judged
 * @param higherIsBetter whether more of it is better
 * @param baseline the variant against which the others are judged
 * @param variants in the order of their first runs
 * @param truncated true where it has more runs than are compared, else null
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
   * What a variant is judged by.
   *
   * @param variant one of {@link #variants}
   * @return null where none of its runs has it
   */
  public Spread judged(Variant variant) {
    return metric.startsWith(TEST)
        ? variant.test().get(metric.substring(TEST.length()))
        : variant.lastEpoch().get(metric);
  }

  /**
   * A variant. Its numbers are over its completed runs, which differ in their seed alone.
   *
   * @param variant its name
   * @param completed how many runs are completed
   * @param seeds of these
   * @param test the evaluation on the test part, by metric
   * @param lastEpoch the last epoch, by metric
   * @param comparison against the baseline; null where there is nothing to compare
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
   * @param n replicates whose number is finite
   * @param mean of them
   * @param std their sample standard deviation; null for one
   * @param low lower end of the mean's 95% confidence interval; null for one
   * @param high its upper end; null for one
   * @param min the smallest
   * @param max the largest
   */
  public record Spread(
      int n, double mean, Double std, Double low, Double high, double min, double max) {}

  /**
   * A variant against the baseline.
   *
   * @param difference of the means
   * @param p how likely chance alone makes such a difference, by Welch's test; null: no spread
   * @param pCorrected the same, corrected for the number of variants
   * @param effectSize Hedges' g
   * @param verdict better, worse, no_difference, undecided or no_spread
   * @param moreSeeds about so many more seeds would decide it; null where it is decided, or more
   *     than 100 are needed
   * @param sentence all of this in words
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
