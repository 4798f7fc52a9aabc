package io.millrace.results.statistics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which seeds of which variants are to run, until each variant is told from the baseline. What is
 * wanted follows from the ended runs' values alone. To be replaced: this body looks after every
 * seed with Welch's test, and is not corrected for the number of looks nor of variants.
 *
 * @param metric by which variants are compared
 * @param baseline one of the variants
 * @param from how many seeds every variant starts with
 * @param to how many it has at most
 * @param smallestEffect the smallest difference that matters; NaN: none is given
 */
public record AdaptivePlan(
    String metric,
    String baseline,
    List<String> variants,
    int from,
    int to,
    double smallestEffect) {

  /** What is known of the runs. */
  public interface Results {
    /** Whether the run has ended, well or not. */
    boolean hasEnded(String variant, int seed);

    /** The metric of a completed run; null: it has none, or it is not finite. */
    Double value(String variant, int seed);
  }

  /**
   * What is to be done now.
   *
   * @param wanted how many seeds of each variant are to have been asked for by now
   * @param finished whether nothing more is wanted
   */
  public record State(
      Map<String, Integer> wanted, boolean finished, List<Decision> decisions, List<Look> looks) {}

  /**
   * What can be said of a variant against the baseline.
   *
   * @param low of the interval of the difference; null where there is none
   */
  public record Decision(String variant, Verdict verdict, int seeds, Double low, Double high) {}

  /** What could be said once so many seeds had run. */
  public record Look(int seeds, List<Decision> decisions) {}

  /** The state that follows from the results. */
  public State state(Results results) {
    Map<String, Integer> wanted = new LinkedHashMap<>();
    Map<String, Decision> decisions = new LinkedHashMap<>();
    var looks = new ArrayList<Look>();
    variants.forEach(variant -> wanted.put(variant, from));
    for (int seeds = from; seeds <= to; seeds++) {
      for (String variant : open(decisions)) {
        wanted.put(variant, seeds);
      }
      int now = seeds;
      if (!open(decisions).stream()
          .allMatch(
              variant ->
                  IntStream.range(0, now).allMatch(seed -> results.hasEnded(variant, seed)))) {
        return new State(wanted, false, List.copyOf(decisions.values()), looks);
      }
      for (String variant : open(decisions)) {
        if (!variant.equals(baseline)) {
          decisions.put(variant, decision(results, variant, seeds));
        }
      }
      looks.add(new Look(seeds, List.copyOf(decisions.values())));
      if (open(decisions).size() == 1) {
        break;
      }
    }
    return new State(wanted, true, List.copyOf(decisions.values()), looks);
  }

  /** The variants that need further seeds: the undecided ones, and the baseline. */
  private List<String> open(Map<String, Decision> decisions) {
    return variants.stream()
        .filter(
            variant -> {
              Decision decision = decisions.get(variant);
              return decision == null
                  || decision.verdict == Verdict.UNDECIDED
                  || decision.verdict == Verdict.NO_SPREAD;
            })
        .toList();
  }

  private Decision decision(Results results, String variant, int seeds) {
    List<Double> own = values(results, variant, seeds);
    List<Double> others = values(results, baseline, seeds);
    Welch welch =
        own.isEmpty() || others.isEmpty() ? null : Welch.test(Sample.of(own), Sample.of(others));
    return new Decision(
        variant,
        Verdict.of(welch, Direction.isHigherBetter(metric)),
        seeds,
        welch == null ? null : welch.interval().low(),
        welch == null ? null : welch.interval().high());
  }

  private static List<Double> values(Results results, String variant, int seeds) {
    return IntStream.range(0, seeds)
        .mapToObj(seed -> results.value(variant, seed))
        .filter(value -> value != null)
        .toList();
  }
}
