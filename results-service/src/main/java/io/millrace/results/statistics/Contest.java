package io.millrace.results.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The variants of an experiment, judged by one metric against one of them: did the trick help?
 * Several comparisons are not corrected for their number; the answer says how many there are.
 *
 * @param metric by which they are judged
 * @param baseline the variant against which the others are judged
 * @param entrants in the order of their first runs
 */
public record Contest(String metric, String baseline, List<Entrant> entrants) {
  private static final List<String> BASELINES = List.of("none", "baseline", "plain");

  /**
   * A variant.
   *
   * @param sample the metric of its completed runs; null where it is finite in none
   */
  public record Entrant(String variant, Sample sample) {}

  /**
   * A contest.
   *
   * @param baseline null: that of the usual name, or else the variant that came first
   * @param entrants at least one, in the order of their first runs
   */
  public static Contest of(String metric, String baseline, List<Entrant> entrants) {
    return new Contest(
        metric,
        baseline != null
            ? baseline
            : BASELINES.stream()
                .filter(name -> find(entrants, name).isPresent())
                .findFirst()
                .orElse(entrants.get(0).variant()),
        List.copyOf(entrants));
  }

  private static Optional<Entrant> find(List<Entrant> entrants, String variant) {
    return entrants.stream().filter(entrant -> entrant.variant().equals(variant)).findFirst();
  }

  /** The baseline's sample; null where no run of it has the metric. */
  private Sample reference() {
    return find(entrants, baseline).map(Entrant::sample).orElse(null);
  }

  /** A variant against the baseline; null where there is nothing to compare. */
  public Comparison compare(String variant) {
    Sample sample = find(entrants, variant).map(Entrant::sample).orElse(null);
    Sample reference = reference();
    return variant.equals(baseline) || sample == null || reference == null
        ? null
        : Comparison.of(variant, sample, baseline, reference, metric);
  }

  /** The variant with the best mean; null where none has the metric. */
  public String best() {
    return entrants.stream()
        .filter(entrant -> entrant.sample() != null)
        .min(bestFirst())
        .map(Entrant::variant)
        .orElse(null);
  }

  /** The variant with the best mean; before any has the metric, the first one. */
  public String bestOrFirst() {
    String best = best();
    return best == null ? entrants.get(0).variant() : best;
  }

  private Comparator<Entrant> bestFirst() {
    Comparator<Entrant> least = Comparator.comparingDouble(entrant -> entrant.sample().mean());
    return Direction.isHigherBetter(metric) ? least.reversed() : least;
  }

  /** Did the trick help? One sentence on the variant that did best against the baseline. */
  public String answer() {
    List<Entrant> measured = entrants.stream().filter(entrant -> entrant.sample() != null).toList();
    if (measured.isEmpty()) {
      return "No run has completed with a finite " + metric + " yet";
    }
    Sample reference = reference();
    List<Comparison> others =
        measured.stream()
            .sorted(bestFirst())
            .map(entrant -> compare(entrant.variant()))
            .filter(comparison -> comparison != null)
            .toList();
    if (others.isEmpty()) {
      Entrant only = measured.stream().min(bestFirst()).orElseThrow();
      String figure = only.variant() + " has " + new Wording(metric).alone(only.sample());
      return reference == null
          ? figure
              + ", but no run of "
              + baseline
              + ", to compare with, has completed with a finite one"
          : figure + "; no run of another variant has completed with a finite one, to compare with";
    }
    Comparison best =
        others.stream()
            .filter(comparison -> comparison.verdict() == Verdict.BETTER)
            .findFirst()
            .orElse(others.get(0));
    return others.size() == 1
        ? best.sentence()
        : best.sentence() + "; " + others.size() + " variants were compared";
  }
}
