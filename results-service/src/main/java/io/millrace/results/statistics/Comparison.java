package io.millrace.results.statistics;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A variant against the baseline. Of the test's numbers none is there without a spread. */
@Schema(
    name = "Comparison",
    description =
        "A variant against the baseline, by Welch's t-test, which assumes no equal variances. The"
            + " test's numbers are left out where there is no spread to judge by. They are not"
            + " corrected for the number of comparisons.")
public record Comparison(
    @Schema(description = "The variant that it is compared with.") String baseline,
    @Schema(description = "By which it is judged.", examples = "test_acc") String metric,
    @Schema(description = "Its mean less that of the baseline.") double difference,
    @Schema(description = "The difference in percent of the baseline's mean.") Double percent,
    @Schema(description = "Lower end of the difference's 95% confidence interval.") Double low,
    @Schema(description = "Its upper end.") Double high,
    @Schema(description = "Welch's t.") Double t,
    @Schema(description = "Its degrees of freedom (Welch–Satterthwaite).") Double df,
    @Schema(
            description =
                "How likely chance alone makes a difference at least as large, two-sided.")
        Double p,
    @Schema(
            description =
                "Hedges' g: the difference in pooled standard deviations, corrected for small"
                    + " samples.")
        @JsonProperty("effect_size")
        Double effectSize,
    Verdict verdict,
    @Schema(
            description = "All of this in one sentence.",
            examples =
                "dropout helps: test_acc 0.806 ± 0.004 against 0.784 ± 0.006 of none (Welch p ="
                    + " 0.01, 3 runs each)")
        String sentence) {

  /** Of two samples. */
  static Comparison of(
      String variant, Sample sample, String baseline, Sample reference, String metric) {
    Welch welch = Welch.test(sample, reference);
    Verdict verdict = Verdict.of(welch, Direction.isHigherBetter(metric));
    double difference = sample.mean() - reference.mean();
    Double percent =
        reference.mean() == 0 ? null : (Double) (100 * difference / Math.abs(reference.mean()));
    String sentence = new Wording(metric).sentence(variant, sample, baseline, reference, welch);
    return welch == null
        ? new Comparison(
            baseline,
            metric,
            difference,
            percent,
            null,
            null,
            null,
            null,
            null,
            null,
            verdict,
            sentence)
        : new Comparison(
            baseline,
            metric,
            difference,
            percent,
            welch.interval().low(),
            welch.interval().high(),
            welch.t(),
            welch.df(),
            welch.p(),
            welch.effectSize(),
            verdict,
            sentence);
  }
}
