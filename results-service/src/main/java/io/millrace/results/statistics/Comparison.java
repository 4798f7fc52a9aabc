package io.millrace.results.statistics;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A variant against the baseline. Of the test's numbers none is there without a spread. */
@Schema(
    name = "Comparison",
    description =
        "A variant against the baseline, by Welch's t-test, which assumes no equal variances. The"
            + " test's numbers are left out where there is no spread to judge by.")
public record Comparison(
    @JsonIgnore String variant,
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
                "The same, corrected for the number of comparisons by Holm's step-down. By this the"
                    + " verdict goes, but in an experiment that goes on until it is decided.")
        @JsonProperty("p_corrected")
        Double correctedP,
    @Schema(
            description =
                "Hedges' g: the difference in pooled standard deviations, corrected for small"
                    + " samples.")
        @JsonProperty("effect_size")
        Double effectSize,
    Verdict verdict,
    @Schema(
            description =
                "Of an experiment that goes on until it is decided: after how many seeds it was.")
        @JsonProperty("decided_after")
        Integer decidedAfter,
    @Schema(
            description =
                "Of what is undecided: about so many more seeds of both would decide it with a"
                    + " power of 80%, if the difference is what it looks like. Absent where that is"
                    + " more than 100.")
        @JsonProperty("more_seeds")
        Integer moreSeeds,
    @JsonIgnore String figures,
    @Schema(
            description = "All of this in one sentence.",
            examples =
                "dropout helps: test_acc 0.806 ± 0.009 against 0.784 ± 0.015 of none (Welch p ="
                    + " 0.0096, 3 runs each)")
        String sentence) {

  /** Of what was found of a variant. */
  static Comparison of(Wording.Finding found, Wording wording) {
    double reference = found.reference().mean();
    double difference = found.sample().mean() - reference;
    Double percent = reference == 0 ? null : (Double) (100 * difference / Math.abs(reference));
    Welch welch = found.welch();
    Sample.Interval interval = welch == null ? null : welch.interval();
    AdaptivePlan.Decision decision = found.decision();
    return new Comparison(
        found.variant(),
        wording.baseline(),
        wording.metric(),
        difference,
        percent,
        interval == null ? null : (Double) interval.low(),
        interval == null ? null : (Double) interval.high(),
        welch == null ? null : (Double) welch.t(),
        welch == null ? null : (Double) welch.df(),
        welch == null ? null : (Double) welch.p(),
        found.p(),
        welch == null ? null : (Double) welch.effectSize(),
        found.verdict(),
        decision == null || !decision.verdict().isDecided() ? null : (Integer) decision.seeds(),
        found.more(),
        wording.figures(found),
        wording.sentence(found));
  }
}
