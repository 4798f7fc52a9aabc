package io.millrace.contracts.sweep;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.Collection;
import java.util.List;

/**
 * As many seeds as it takes: every variant of a sweep starts with the seeds below {@code from}, and
 * those that cannot be told from the baseline get further ones, until they can or {@code to} seeds
 * have run. Seeds are 0, 1, 2, … in order.
 *
 * @param from how many seeds each variant starts with, 2..to; default 3, or {@code to} where that
 *     is less
 * @param to how many seeds a variant has at most, 2..50; default 12
 * @param until {@code decided}, the only one so far
 * @param metric of the test part, by which variants are compared; default the first metric of the
 *     request, else the loss
 * @param baseline the variant with which the others are compared; default the variant {@code none},
 *     {@code baseline} or {@code plain}, else the first
 * @param smallestEffect the smallest difference that matters, above 0; null: none is given
 * @param maxHours after how many hours no further seeds are asked for, 0.1..720; default 168
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

  /** Names by which a variant is the baseline where none is named; the first that there is. */
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
      Check.positive("smallest_effect", smallestEffect, Double.MAX_VALUE);
    }
    maxHours = Check.range("max_hours", Check.orElse(maxHours, WEEK), 0.1, 720.0);
  }

  /**
   * With the defaults that depend on the sweep filled in.
   *
   * @param variants of the sweep, in their order
   * @param metrics that every variant has
   * @param first the metric that counts by default
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
