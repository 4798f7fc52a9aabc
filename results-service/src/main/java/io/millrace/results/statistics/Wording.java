package io.millrace.results.statistics;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Puts comparisons into sentences. A number after ± is half the width of the mean's 95% interval.
 *
 * @param metric that is compared
 * @param isPlain whether the baseline has a usual name, so that the other variants help or hurt
 * @param comparisons their number
 * @param smallestEffect the smallest relevant difference; NaN if none was given
 */
record Wording(
    String metric, String baseline, boolean isPlain, int comparisons, double smallestEffect) {
  private static final int MAX_DECIMALS = 12;
  private static final double MIN_P = 0.001;

  /** The most names of a list. */
  private static final int MAX_NAMES = 5;

  /**
   * The test result of a variant.
   *
   * @param welch null without a spread
   * @param p corrected for the number of comparisons; null without a spread
   * @param decision in an experiment with adaptive seeds; null in others
   * @param more how many more seeds would decide the comparison; null if that does not apply
   */
  record Finding(
      String variant,
      Sample sample,
      Sample reference,
      Welch welch,
      Double p,
      Verdict verdict,
      AdaptivePlan.Decision decision,
      Integer more) {}

  /** The comparison of a variant with the baseline. */
  String sentence(Finding found) {
    String figures = figures(found);
    if (found.welch() == null) {
      return "%s looks %s: %s, but %s there is no spread to judge by"
          .formatted(found.variant(), appearance(found), figures, noSpread(found));
    }
    return capital(statement(found.variant(), found.verdict()))
        + ": "
        + figures
        + evidence(found)
        + more(found);
  }

  /** The figures of a variant and of the baseline. */
  String figures(Finding found) {
    return "%s %s versus %s for %s"
        .formatted(metric, spread(found.sample()), spread(found.reference()), baseline);
  }

  private String appearance(Finding found) {
    double difference = found.sample().mean() - found.reference().mean();
    if (difference == 0) {
      return "no different";
    }
    return difference > 0 == Direction.isHigherBetter(metric) ? "better" : "worse";
  }

  private String statement(String variants, Verdict verdict) {
    return statement(List.of(variants), verdict);
  }

  private String statement(List<String> variants, Verdict verdict) {
    boolean one = variants.size() == 1;
    String names = names(variants);
    String than = isPlain ? "" : " than " + baseline;
    return switch (verdict) {
      case BETTER ->
          names + (isPlain ? one ? " helps" : " help" : (one ? " does" : " do") + " better" + than);
      case WORSE ->
          names + (isPlain ? one ? " hurts" : " hurt" : (one ? " does" : " do") + " worse" + than);
      case NO_DIFFERENCE ->
          names
              + (one ? " makes" : " make")
              + " no difference of "
              + number(smallestEffect)
              + " or more";
      case UNDECIDED, NO_SPREAD ->
          "it is not clear yet whether "
              + names
              + (isPlain ? one ? " helps" : " help" : (one ? " does" : " do") + " better" + than);
    };
  }

  private String evidence(Finding found) {
    if (found.decision() != null) {
      AdaptivePlan.Decision decision = found.decision();
      String after =
          decision.seeds() == 0 ? "before the first look" : "after " + decision.seeds() + " seeds";
      return decision.low() == null
          ? " (" + after + ")"
          : " (%s, the difference is between %s and %s)"
              .formatted(after, number(decision.low()), number(decision.high()));
    }
    String corrected = comparisons > 1 ? ", corrected for " + comparisons + " comparisons" : "";
    return " (Welch %s%s, %s)"
        .formatted(p(found.p()), corrected, runs(found.sample(), found.reference()));
  }

  private static String more(Finding found) {
    if (found.verdict() != Verdict.UNDECIDED || found.decision() != null && found.more() == null) {
      return "";
    }
    return found.more() == null
        ? "; if the true difference is as observed, more than "
            + SeedsNeeded.MAX
            + " more seeds each would decide it"
        : "; if the true difference is as observed, about "
            + found.more()
            + (found.more() == 1 ? " more seed" : " more seeds")
            + " each would decide it";
  }

  /**
   * The summary of all comparisons, decided ones first.
   *
   * @param found best first
   */
  String headline(List<Comparison> found) {
    if (found.size() == 1) {
      return found.get(0).sentence();
    }
    var statements = new ArrayList<String>();
    for (Verdict verdict : List.of(Verdict.BETTER, Verdict.WORSE, Verdict.NO_DIFFERENCE)) {
      List<String> variants =
          found.stream()
              .filter(comparison -> comparison.verdict() == verdict)
              .map(Comparison::variant)
              .toList();
      if (!variants.isEmpty()) {
        statements.add(statement(variants, verdict));
      }
    }
    List<String> open =
        found.stream()
            .filter(comparison -> !comparison.verdict().isDecided())
            .map(Comparison::variant)
            .toList();
    if (!open.isEmpty()) {
      statements.add(statement(open, Verdict.UNDECIDED));
    }
    Comparison best =
        found.stream()
            .filter(comparison -> comparison.verdict() == Verdict.BETTER)
            .findFirst()
            .orElse(null);
    String figures = best == null ? "" : ". Best is " + best.variant() + ": " + best.figures();
    return capital(String.join("; ", statements)) + figures;
  }

  /**
   * The verdicts by another metric than the experiment's, with the figures of the largest
   * difference.
   */
  String additional(List<Comparison> found) {
    var statements = new ArrayList<String>();
    for (Verdict verdict : List.of(Verdict.BETTER, Verdict.WORSE, Verdict.NO_DIFFERENCE)) {
      List<Comparison> alike =
          found.stream()
              .filter(comparison -> comparison.verdict() == verdict)
              .sorted(Comparator.comparingDouble(c -> -Math.abs(c.difference())))
              .toList();
      if (!alike.isEmpty()) {
        Comparison first = alike.get(0);
        String most = alike.size() == 1 ? "" : ", most of all " + first.variant();
        statements.add(
            statement(alike.stream().map(Comparison::variant).toList(), verdict)
                + (verdict == Verdict.NO_DIFFERENCE ? "" : most + " (" + first.figures() + ")"));
      }
    }
    return String.join("; ", statements);
  }

  private static String names(List<String> variants) {
    int shown = variants.size() > MAX_NAMES ? MAX_NAMES - 1 : variants.size();
    var names = new ArrayList<>(variants.subList(0, shown));
    if (shown < variants.size()) {
      names.add((variants.size() - shown) + " others");
    }
    String last = names.remove(names.size() - 1);
    return names.isEmpty() ? last : String.join(", ", names) + " and " + last;
  }

  /** A sentence from {@link #capital} inside another sentence, without the capital. */
  static String insideSentence(String sentence) {
    return sentence.startsWith("It is ") ? "i" + sentence.substring(1) : sentence;
  }

  /** A sentence starts with a capital letter unless it starts with a variant's name. */
  private static String capital(String sentence) {
    return sentence.startsWith("it is ") ? "I" + sentence.substring(1) : sentence;
  }

  /** The figure of a single variant. */
  String alone(Sample sample) {
    return "%s %s (%s)".formatted(metric, spread(sample), runs(sample.n()));
  }

  private String noSpread(Finding found) {
    int here = found.sample().n();
    int there = found.reference().n();
    if (here == 1 && there == 1) {
      return "with one run per variant";
    }
    if (here == 1 || there == 1) {
      return "with one run of variant " + (here == 1 ? found.variant() : baseline);
    }
    return "with runs that do not differ";
  }

  private static String runs(Sample a, Sample b) {
    return a.n() == b.n() ? a.n() + " runs each" : a.n() + " and " + runs(b.n());
  }

  private static String runs(int n) {
    return n == 1 ? "one run" : n + " runs";
  }

  private static String p(double p) {
    return p < MIN_P
        ? "p < " + MIN_P
        : "p = " + new BigDecimal(p).round(new MathContext(2)).stripTrailingZeros().toPlainString();
  }

  /** A number with four significant digits. */
  static String number(double value) {
    return new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  /** A mean and its interval, with the decimals that the width of the interval justifies. */
  private static String spread(Sample sample) {
    Sample.Interval interval = sample.hasSpread() ? sample.confidence() : null;
    if (interval == null) {
      return number(sample.mean());
    }
    double half = (interval.high() - interval.low()) / 2;
    int exponent = (int) Math.floor(Math.log10(half));
    boolean small = half < 2 * Math.pow(10, exponent);
    int decimals = Math.max(0, Math.min(MAX_DECIMALS, (small ? 1 : 0) - exponent));
    String format = "%." + decimals + "f ± %." + decimals + "f";
    return String.format(Locale.ROOT, format, sample.mean(), half);
  }
}
