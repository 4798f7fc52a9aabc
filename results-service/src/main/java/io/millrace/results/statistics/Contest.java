package io.millrace.results.statistics;

import io.millrace.contracts.sweep.AdaptiveSeeds;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Compares the variants of an experiment with its baseline, by one metric. P values are corrected
 * for the number of comparisons by Holm's step-down. In an experiment with adaptive seeds, the
 * decisions of its plan count instead.
 */
public final class Contest {
  private final String metric;
  private final String baseline;
  private final List<Entrant> entrants;
  private final AdaptivePlan.State adaptive;
  private final double smallestEffect;
  private final Map<String, Comparison> comparisons;

  private Contest(
      String metric,
      String baseline,
      List<Entrant> entrants,
      AdaptivePlan.State adaptive,
      double smallestEffect) {
    this.metric = metric;
    this.baseline = baseline;
    this.entrants = List.copyOf(entrants);
    this.adaptive = adaptive;
    this.smallestEffect = smallestEffect;
    this.comparisons = comparisons();
  }

  /**
   * A variant to compare.
   *
   * @param sample the metric of its completed runs; null if it is finite in none
   * @param loss their loss on the test samples; null if it is finite in none
   * @param naive the metric of the naive baseline; null if there is none
   */
  public record Entrant(String variant, Sample sample, Sample loss, Double naive) {
    /** A variant of which only the metric is known. */
    public Entrant(String variant, Sample sample) {
      this(variant, sample, null, null);
    }
  }

  /**
   * The comparison of variants.
   *
   * @param baseline null for the variant with a usual baseline name, or else the first variant
   * @param entrants at least one, in the order of their first runs
   */
  public static Contest of(String metric, String baseline, List<Entrant> entrants) {
    return new Contest(
        metric,
        baseline != null
            ? baseline
            : usualBaseline(entrants.stream().map(Entrant::variant).toList()),
        entrants,
        null,
        Double.NaN);
  }

  /** The comparison of an experiment with adaptive seeds. */
  public static Contest of(AdaptivePlan plan, AdaptivePlan.State adaptive, List<Entrant> entrants) {
    return new Contest(plan.metric(), plan.baseline(), entrants, adaptive, plan.smallestEffect());
  }

  /**
   * The variant with a usual baseline name, or else the first.
   *
   * @param variants at least one
   */
  public static String usualBaseline(List<String> variants) {
    return AdaptiveSeeds.USUAL_BASELINES.stream()
        .filter(variants::contains)
        .findFirst()
        .orElse(variants.get(0));
  }

  public String metric() {
    return metric;
  }

  /** The variant with which the others are compared. */
  public String baseline() {
    return baseline;
  }

  private Optional<Entrant> find(String variant) {
    return entrants.stream().filter(entrant -> entrant.variant().equals(variant)).findFirst();
  }

  /** Whether any variant has the metric. */
  public boolean isMeasured() {
    return entrants.stream().anyMatch(entrant -> entrant.sample() != null);
  }

  /** The comparison of a variant with the baseline; null if there is nothing to compare. */
  public Comparison compare(String variant) {
    return comparisons.get(variant);
  }

  private Map<String, Comparison> comparisons() {
    Sample reference = find(baseline).map(Entrant::sample).orElse(null);
    var comparisons = new LinkedHashMap<String, Comparison>();
    if (reference == null) {
      return comparisons;
    }
    var tests = new LinkedHashMap<Entrant, Welch>();
    for (Entrant entrant : entrants) {
      if (!entrant.variant().equals(baseline) && entrant.sample() != null) {
        tests.put(entrant, Welch.test(entrant.sample(), reference));
      }
    }
    Map<String, Double> corrected = corrected(tests);
    int tested = corrected.size();
    Wording wording = wording(tested);
    for (Map.Entry<Entrant, Welch> entry : tests.entrySet()) {
      Entrant entrant = entry.getKey();
      AdaptivePlan.Decision decision = decision(entrant);
      Double p = corrected.get(entrant.variant());
      Welch test = entry.getValue();
      Verdict verdict =
          decision != null
              ? decision.verdict()
              : Verdict.of(test, p, Direction.isHigherBetter(metric));
      Integer more = more(verdict, test, entrant.sample(), reference, tested);
      comparisons.put(
          entrant.variant(),
          Comparison.of(
              new Wording.Finding(
                  entrant.variant(), entrant.sample(), reference, test, p, verdict, decision, more),
              wording));
    }
    return comparisons;
  }

  /** Holm's step-down: the p value of each comparison, corrected for their number. */
  private static Map<String, Double> corrected(Map<Entrant, Welch> tests) {
    List<Map.Entry<Entrant, Welch>> byP =
        tests.entrySet().stream()
            .filter(entry -> entry.getValue() != null)
            .sorted(Comparator.comparingDouble(entry -> entry.getValue().p()))
            .toList();
    var corrected = new HashMap<String, Double>();
    double least = 0;
    for (int i = 0; i < byP.size(); i++) {
      least = Math.max(least, Math.min(1, (byP.size() - i) * byP.get(i).getValue().p()));
      corrected.put(byP.get(i).getKey().variant(), least);
    }
    return corrected;
  }

  /**
   * The plan's decision on a variant; null if the plan ended without a decision and more runs were
   * added later, which count too.
   */
  private AdaptivePlan.Decision decision(Entrant entrant) {
    if (adaptive == null) {
      return null;
    }
    return adaptive.decisions().stream()
        .filter(decision -> decision.variant().equals(entrant.variant()))
        .filter(
            decision ->
                decision.verdict().isDecided()
                    || !adaptive.finished()
                    || entrant.sample().n() <= decision.seeds())
        .findFirst()
        .orElse(null);
  }

  /** How many more seeds would decide the comparison; null if that does not apply. */
  private Integer more(
      Verdict verdict, Welch test, Sample sample, Sample reference, int comparisons) {
    boolean open = adaptive != null && !adaptive.finished();
    if (verdict != Verdict.UNDECIDED || test == null || open) {
      return null;
    }
    OptionalInt needed = SeedsNeeded.of(sample, reference, (1 - Sample.CONFIDENCE) / comparisons);
    return needed.isPresent() ? (Integer) needed.getAsInt() : null;
  }

  private Wording wording(int count) {
    return new Wording(
        metric, baseline, AdaptiveSeeds.USUAL_BASELINES.contains(baseline), count, smallestEffect);
  }

  /** The variant with the best mean; null if none has the metric. */
  public String best() {
    return entrants.stream()
        .filter(entrant -> entrant.sample() != null)
        .min(bestFirst())
        .map(Entrant::variant)
        .orElse(null);
  }

  /** The variant with the best mean; the first one if none has the metric. */
  public String bestOrFirst() {
    String best = best();
    return best == null ? entrants.get(0).variant() : best;
  }

  private Comparator<Entrant> bestFirst() {
    Comparator<Entrant> least = Comparator.comparingDouble(entrant -> entrant.sample().mean());
    return Direction.isHigherBetter(metric) ? least.reversed() : least;
  }

  /** The answer to whether the variants help, decided ones first. */
  public String answer() {
    List<Entrant> measured =
        entrants.stream().filter(entrant -> entrant.sample() != null).sorted(bestFirst()).toList();
    if (measured.isEmpty()) {
      return "No run has completed with a finite " + metric + " yet";
    }
    List<Comparison> others =
        measured.stream()
            .map(entrant -> compare(entrant.variant()))
            .filter(comparison -> comparison != null)
            .toList();
    if (others.isEmpty()) {
      return alone(measured.get(0));
    }
    var sentences = new ArrayList<String>();
    sentences.add(wording(others.size()).headline(others));
    String byLoss = byLoss();
    if (others.stream().anyMatch(comparison -> comparison.verdict().isDecided())) {
      sentences.add(byLoss);
    } else if (!byLoss.isEmpty()) {
      sentences.set(0, "By " + metric + ", " + Wording.insideSentence(sentences.get(0)));
      sentences.add(0, byLoss);
    }
    sentences.add(againstNaive(measured));
    sentences.removeIf(String::isEmpty);
    return String.join(". ", sentences);
  }

  private String alone(Entrant only) {
    String figure = only.variant() + " has " + wording(0).alone(only.sample());
    return find(baseline).map(Entrant::sample).isEmpty()
        ? figure
            + ", but no run of variant "
            + baseline
            + " has completed with a finite value to compare with"
        : figure + "; no run of another variant has completed with a finite value to compare with";
  }

  /**
   * The verdicts by test loss, where they differ from those by the metric; empty if none differ.
   */
  private String byLoss() {
    if (metric.equals("test_loss") || entrants.stream().noneMatch(e -> e.loss() != null)) {
      return "";
    }
    Contest byLoss =
        of(
            "test_loss",
            baseline,
            entrants.stream().map(e -> new Entrant(e.variant(), e.loss())).toList());
    List<Comparison> additional =
        entrants.stream()
            .map(entrant -> byLoss.compare(entrant.variant()))
            .filter(loss -> loss != null && loss.verdict().isDecided())
            .filter(
                loss -> {
                  Comparison here = compare(loss.variant());
                  return here == null || here.verdict() != loss.verdict();
                })
            .toList();
    return additional.isEmpty()
        ? ""
        : "By test_loss, " + byLoss.wording(additional.size()).additional(additional);
  }

  /** A sentence if no variant beats the naive baseline; otherwise empty. */
  private String againstNaive(List<Entrant> measured) {
    List<Entrant> known = measured.stream().filter(entrant -> entrant.naive() != null).toList();
    boolean higher = Direction.isHigherBetter(metric);
    boolean noneBeatsNaive =
        !known.isEmpty()
            && known.size() == measured.size()
            && known.stream()
                .noneMatch(
                    entrant ->
                        higher
                            ? entrant.sample().mean() > entrant.naive()
                            : entrant.sample().mean() < entrant.naive());
    return noneBeatsNaive
        ? "No variant beats the naive baseline (%s %s)"
            .formatted(metric, Wording.number(known.get(0).naive()))
        : "";
  }
}
