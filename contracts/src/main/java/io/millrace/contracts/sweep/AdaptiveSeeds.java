package io.millrace.contracts.sweep;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.Collection;
import java.util.List;

/**
 * Seeds that are added until a comparison is decided. Every variant of a sweep starts with the
 * seeds below {@code from}. Variants whose difference from the baseline is undecided get further
 * seeds, until it is decided or {@code to} seeds have run. Seeds are 0, 1, 2, … in order.
 *
 * @param from number of seeds of each variant at the start, 2..to; default 3, or {@code to} if that
 *     is less
 * @param to the most seeds of a variant, 2..50; default 12
 * @param until {@code decided}, the only value so far
 * @param metric the test metric that compares variants; default the first metric of the request,
 *     else the loss
 * @param baseline the variant that the others are compared with; default the variant {@code none},
 *     {@code baseline} or {@code plain}, else the first
 * @param smallestEffect the smallest difference that matters, above 0; null for none
 * @param maxHours the hours after which no further seeds are requested, 0.1..720; default 168
 */
public record AdaptiveSeeds(
    Integer from,
    Integer to,
    String until,
    String metric,
    String baseline,
    Double smallestEffect,
    Double maxHours) {

  /** The most seeds of a variant. */
  public static final int MAX_SEEDS = 50;

  private static final String DECIDED = "decided";
  private static final int FROM = 3;
  private static final int TO = 12;
  private static final double WEEK = 168;

  /** Names of default baselines; the first name that a variant has makes it the baseline. */
  public static final List<String> USUAL_BASELINES = List.of("none", "baseline", "plain");

  public AdaptiveSeeds {
    to = Check.range("to", Check.orElse(to, TO), 2, MAX_SEEDS);
    from = Check.range("from", Check.orElse(from, Math.min(FROM, to)), 2, to);
    until = Check.orElse(until, DECIDED);
    if (!until.equals(DECIDED)) {
      throw new InvalidMessageException(
          "until", Check.quote(until) + " is not known; give '" + DECIDED + "' or leave it out");
    }
    if (smallestEffect != null) {
      Check.above("smallest_effect", smallestEffect, 0, Double.MAX_VALUE);
    }
    maxHours = Check.range("max_hours", Check.orElse(maxHours, WEEK), 0.1, 720.0);
  }

  /**
   * A copy with the defaults that depend on the sweep.
   *
   * @param variants the sweep's variants, in order
   * @param metrics the test metrics that every variant has
   * @param first the default metric
   * @throws InvalidMessageException whose field is relative to {@code seeds}
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
