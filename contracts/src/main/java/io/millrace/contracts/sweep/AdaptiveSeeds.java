package io.millrace.contracts.sweep;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import java.util.Collection;
import java.util.List;

/**
 * Seeds that are added until a comparison is decided. Every variant of a sweep starts with the
 * seeds below {@code from}. The baseline and each variant whose difference from it is undecided get
 * further seeds, until the difference is decided, {@code to} seeds have run, or {@code max_hours}
 * have passed. Seeds are 0, 1, 2, … in order.
 */
public record AdaptiveSeeds(
    @Describe(
            "The number of seeds of each variant at the start, at most `to`."
                + " Default: 3, or `to` if that is less.")
        @Range(min = AdaptiveSeeds.MIN_SEEDS, max = AdaptiveSeeds.MAX_SEEDS)
        Integer from,
    @Describe("The most seeds of a variant.")
        @Range(min = AdaptiveSeeds.MIN_SEEDS, max = AdaptiveSeeds.MAX_SEEDS)
        @Default("12")
        Integer to,
    @Describe(
            "The condition under which a variant gets no further seeds; `decided` is the only"
                + " value so far.")
        @Default("decided")
        String until,
    @Describe(
            "The metric that compares variants: `test_loss`, or `test_` and a metric that every"
                + " variant has. Default: `test_` and the first of the request's `metrics`, if"
                + " every variant has it, else `test_loss`.")
        String metric,
    @Describe(
            "The variant that the others are compared with. Default: the variant named"
                + " `none`, else `baseline`, else `plain`, else the first variant.")
        String baseline,
    @Describe("The smallest difference of the metric that matters. Default: none.")
        @Range(above = 0, max = Double.MAX_VALUE)
        Double smallestEffect,
    @Describe("The hours after which no further seeds are requested.")
        @Range(min = AdaptiveSeeds.MIN_HOURS, max = AdaptiveSeeds.MAX_HOURS)
        @Default("168")
        Double maxHours) {

  /** The fewest seeds of a variant; a single seed has no spread. */
  static final int MIN_SEEDS = 2;

  /** The most seeds of a variant. */
  public static final int MAX_SEEDS = 50;

  private static final String DECIDED = "decided";
  private static final int FROM = 3;

  /** The smallest {@code max_hours}. */
  static final double MIN_HOURS = 0.1;

  /** The largest {@code max_hours}, 30 days. */
  static final double MAX_HOURS = 720;

  /** Names of default baselines, in order of preference. */
  public static final List<String> USUAL_BASELINES = List.of("none", "baseline", "plain");

  private static final FieldRules RULES = FieldRules.of(AdaptiveSeeds.class);

  public AdaptiveSeeds {
    to = RULES.check("to", to);
    from = Check.range("from", Check.orElse(from, Math.min(FROM, to)), MIN_SEEDS, to);
    until = RULES.check("until", until);
    if (!until.equals(DECIDED)) {
      throw new InvalidMessageException(
          "until", Check.quote(until) + " is not known; give '" + DECIDED + "' or leave it out");
    }
    smallestEffect = RULES.check("smallest_effect", smallestEffect);
    maxHours = RULES.check("max_hours", maxHours);
  }

  /**
   * A copy with the defaults that depend on the sweep.
   *
   * @param variants the sweep's variants, in order
   * @param metrics the test metrics that every variant has
   * @param first the default metric
   * @throws InvalidMessageException with a field relative to {@code seeds}
   */
  AdaptiveSeeds with(List<String> variants, Collection<String> metrics, String first) {
    if (metric != null && !metrics.contains(metric)) {
      throw new InvalidMessageException(
          "metric",
          Check.quote(metric)
              + " is not a test metric of every variant; give one of "
              + String.join(", ", metrics));
    }
    if (baseline != null && !variants.contains(baseline)) {
      throw new InvalidMessageException(
          "baseline",
          Check.quote(baseline)
              + " is not a variant of this sweep; give one of "
              + Check.cut(String.join(", ", variants), 1_000));
    }
    String usual =
        USUAL_BASELINES.stream()
            .filter(variants::contains)
            .findFirst()
            .orElseGet(() -> variants.get(0));
    return new AdaptiveSeeds(
        from,
        to,
        until,
        Check.orElse(metric, first),
        Check.orElse(baseline, usual),
        smallestEffect,
        maxHours);
  }
}
