package io.millrace.results.statistics;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A variant compared with the baseline. Without a spread, the numbers of the test are null. */
@Schema(
    name = "Comparison",
    description =
        "A variant compared with the baseline by Welch's t-test, which does not assume equal"
            + " variances. The numbers of the test are absent if there is no spread.")
public record Comparison(
    @JsonIgnore String variant,
    @Schema(description = "The variant that this variant is compared with.") String baseline,
    @Schema(description = "The metric that is compared.", examples = "test_acc") String metric,
    @Schema(description = "The variant's mean minus the baseline's mean.") double difference,
    @Schema(description = "The difference in percent of the baseline's mean.") Double percent,
    @Schema(description = "Lower end of the 95% confidence interval of the difference.") Double low,
    @Schema(description = "Upper end of that interval.") Double high,
    @Schema(description = "Welch's t.") Double t,
    @Schema(description = "Its degrees of freedom (Welch–Satterthwaite).") Double df,
    @Schema(
            description =
                "The p value: the probability of a difference at least this large by chance alone,"
                    + " two-sided.")
        Double p,
    @Schema(
            description =
                "The p value, corrected for the number of comparisons by Holm's step-down. The"
                    + " verdict follows from it, except in an experiment with adaptive seeds.")
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
                "In an experiment with adaptive seeds: the number of seeds after which the verdict"
                    + " was reached.")
        @JsonProperty("decided_after")
        Integer decidedAfter,
    @Schema(
            description =
                "For an undecided verdict: the estimated number of additional seeds of both"
                    + " variants that would decide it with a power of 80%, if the true difference"
                    + " is as observed. Absent above 100.")
        @JsonProperty("more_seeds")
        Integer moreSeeds,
    @JsonIgnore String figures,
    @Schema(
            description = "The comparison in one sentence.",
            examples =
                "dropout helps: test_acc 0.806 ± 0.009 versus 0.784 ± 0.015 for none (Welch p ="
                    + " 0.0096, 3 runs each)")
        String sentence) {

  /** The comparison for the test result of a variant. */
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
