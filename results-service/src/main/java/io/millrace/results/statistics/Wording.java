package io.millrace.results.statistics;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/**
 * What a comparison says, in a sentence.
 *
 * @param metric by which it is judged
 */
record Wording(String metric) {
  private static final int MAX_DECIMALS = 12;
  private static final double LEAST_P = 0.001;

  /**
   * A variant against the baseline.
   *
   * @param welch null where there is no spread
   */
  String sentence(String variant, Sample sample, String baseline, Sample reference, Welch welch) {
    boolean higherIsBetter = Direction.isHigherBetter(metric);
    String figures =
        "%s %s against %s of %s".formatted(metric, spread(sample), spread(reference), baseline);
    if (welch == null) {
      double difference = sample.mean() - reference.mean();
      String looks =
          difference == 0 ? "no different" : difference > 0 == higherIsBetter ? "better" : "worse";
      return "%s looks %s: %s, but %s there is no spread to judge by"
          .formatted(variant, looks, figures, noSpread(variant, sample, baseline, reference));
    }
    String grounds = " (Welch %s, %s)".formatted(p(welch.p()), runs(sample, reference));
    String claim =
        switch (Verdict.of(welch, higherIsBetter)) {
          case BETTER -> variant + " helps: ";
          case WORSE -> variant + " does not help, it is worse: ";
          case UNDECIDED, NO_SPREAD -> "Whether " + variant + " helps cannot be told: ";
        };
    return claim + figures + grounds;
  }

  /** A variant's figure by itself. */
  String alone(Sample sample) {
    return "%s %s (%s)".formatted(metric, spread(sample), runs(sample.n()));
  }

  private static String noSpread(String variant, Sample sample, String baseline, Sample reference) {
    if (sample.n() == 1 && reference.n() == 1) {
      return "with one run a variant";
    }
    if (sample.n() == 1 || reference.n() == 1) {
      return "with one run of " + (sample.n() == 1 ? variant : baseline);
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

  /** As many decimals as the standard deviation makes sense of. */
  private static String spread(Sample sample) {
    if (!sample.hasSpread()) {
      return new BigDecimal(sample.mean())
          .round(new MathContext(4))
          .stripTrailingZeros()
          .toPlainString();
    }
    int exponent = (int) Math.floor(Math.log10(sample.std()));
    boolean small = sample.std() < 2 * Math.pow(10, exponent);
    int decimals = Math.max(0, Math.min(MAX_DECIMALS, (small ? 1 : 0) - exponent));
    String format = "%." + decimals + "f ± %." + decimals + "f";
    return String.format(Locale.ROOT, format, sample.mean(), sample.std());
  }
}
