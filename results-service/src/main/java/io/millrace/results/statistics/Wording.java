package io.millrace.results.statistics;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What comparisons say, in sentences. A number after ± is half of the mean's 95% interval.
 *
 * @param metric by which variants are judged
 * @param isPlain whether the baseline is called so, and the others are tricks that help or hurt
 * @param comparisons how many there are
 * @param smallestEffect the smallest difference that matters; NaN where none was named
 */
record Wording(
    String metric, String baseline, boolean isPlain, int comparisons, double smallestEffect) {
  private static final int MAX_DECIMALS = 12;
  private static final double LEAST_P = 0.001;

  /** So many names are told of a list. */
  private static final int MOST_NAMES = 5;

  /**
   * What was found of a variant.
   *
   * @param welch null where there is no spread
   * @param p corrected for the number of comparisons; null where there is no spread
   * @param decision of an experiment that goes on until it is decided; null of another one
   * @param more how many more seeds would decide; null where that is no question
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

  /** A variant against the baseline. */
  String sentence(Finding found) {
    String figures = figures(found);
    if (found.welch() == null) {
      return "%s looks %s: %s, but %s there is no spread to judge by"
          .formatted(found.variant(), looks(found), figures, noSpread(found));
    }
    return capital(claim(found.variant(), found.verdict()))
        + ": "
        + figures
        + grounds(found)
        + more(found);
  }

  /** The figures of a variant and of the baseline. */
  String figures(Finding found) {
    return "%s %s against %s of %s"
        .formatted(metric, spread(found.sample()), spread(found.reference()), baseline);
  }

  private String looks(Finding found) {
    double difference = found.sample().mean() - found.reference().mean();
    if (difference == 0) {
      return "no different";
    }
    return difference > 0 == Direction.isHigherBetter(metric) ? "better" : "worse";
  }

  private String claim(String variants, Verdict verdict) {
    return claim(List.of(variants), verdict);
  }

  private String claim(List<String> variants, Verdict verdict) {
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
          "whether "
              + names
              + (isPlain ? one ? " helps" : " help" : (one ? " does" : " do") + " better" + than)
              + " cannot be told yet";
    };
  }

  private String grounds(Finding found) {
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
        ? "; if the difference is what it looks like, more than "
            + SeedsNeeded.MOST
            + " more seeds each would decide"
        : "; if the difference is what it looks like, about "
            + found.more()
            + (found.more() == 1 ? " more seed" : " more seeds")
            + " each would decide";
  }

  /** All comparisons together, the best first: what is decided leads. */
  String headline(List<Comparison> found) {
    if (found.size() == 1) {
      return found.get(0).sentence();
    }
    var claims = new ArrayList<String>();
    for (Verdict verdict : List.of(Verdict.BETTER, Verdict.WORSE, Verdict.NO_DIFFERENCE)) {
      List<String> variants =
          found.stream()
              .filter(comparison -> comparison.verdict() == verdict)
              .map(Comparison::variant)
              .toList();
      if (!variants.isEmpty()) {
        claims.add(claim(variants, verdict));
      }
    }
    List<String> open =
        found.stream()
            .filter(comparison -> !comparison.verdict().isDecided())
            .map(Comparison::variant)
            .toList();
    if (!open.isEmpty()) {
      claims.add(claim(open, Verdict.UNDECIDED));
    }
    Comparison best =
        found.stream()
            .filter(comparison -> comparison.verdict() == Verdict.BETTER)
            .findFirst()
            .orElse(null);
    String figures = best == null ? "" : ". Best is " + best.variant() + ": " + best.figures();
    return capital(String.join("; ", claims)) + figures;
  }

  /** What is decided by another metric than the experiment's, of several the largest in figures. */
  String news(List<Comparison> found) {
    var claims = new ArrayList<String>();
    for (Verdict verdict : List.of(Verdict.BETTER, Verdict.WORSE, Verdict.NO_DIFFERENCE)) {
      List<Comparison> alike =
          found.stream()
              .filter(comparison -> comparison.verdict() == verdict)
              .sorted(Comparator.comparingDouble(c -> -Math.abs(c.difference())))
              .toList();
      if (!alike.isEmpty()) {
        Comparison first = alike.get(0);
        String most = alike.size() == 1 ? "" : ", most of all " + first.variant();
        claims.add(
            claim(alike.stream().map(Comparison::variant).toList(), verdict)
                + (verdict == Verdict.NO_DIFFERENCE ? "" : most + " (" + first.figures() + ")"));
      }
    }
    return String.join("; ", claims);
  }

  private static String names(List<String> variants) {
    int told = variants.size() > MOST_NAMES ? MOST_NAMES - 1 : variants.size();
    var names = new ArrayList<>(variants.subList(0, told));
    if (told < variants.size()) {
      names.add((variants.size() - told) + " others");
    }
    String last = names.remove(names.size() - 1);
    return names.isEmpty() ? last : String.join(", ", names) + " and " + last;
  }

  /** A sentence that begins with a capital of ours, within another. */
  static String within(String sentence) {
    return sentence.startsWith("Whether ") ? "w" + sentence.substring(1) : sentence;
  }

  /** Names of variants stay as they are; a sentence of ours begins with a capital. */
  private static String capital(String sentence) {
    return sentence.startsWith("whether ") ? "W" + sentence.substring(1) : sentence;
  }

  /** A variant's figure by itself. */
  String alone(Sample sample) {
    return "%s %s (%s)".formatted(metric, spread(sample), runs(sample.n()));
  }

  private String noSpread(Finding found) {
    int here = found.sample().n();
    int there = found.reference().n();
    if (here == 1 && there == 1) {
      return "with one run a variant";
    }
    if (here == 1 || there == 1) {
      return "with one run of " + (here == 1 ? found.variant() : baseline);
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
    return p < LEAST_P
        ? "p < " + LEAST_P
        : "p = " + new BigDecimal(p).round(new MathContext(2)).stripTrailingZeros().toPlainString();
  }

  /** A number as it is told. */
  static String number(double value) {
    return new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  /** As many decimals as the interval makes sense of. */
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
