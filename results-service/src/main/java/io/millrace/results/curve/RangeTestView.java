package io.millrace.results.curve;

import io.millrace.contracts.request.LearningRateSchedule;
import io.millrace.results.query.Columns;
import io.millrace.results.query.Table;
import io.millrace.results.sampling.Significant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A learning-rate range test: the loss by learning rate, in columns of equal length. */
@Schema(
    description =
        "A learning-rate range test (Smith 2017): the loss by learning rate, down-sampled, in"
            + " columns of equal length. null: not finite.")
public record RangeTestView(
    @Schema(description = "The run's id.") String run,
    @Schema(
            description =
                "A tenth of the learning rate with the lowest smoothed loss. Absent if the loss did"
                    + " not fall.",
            examples = "0.003")
        Double suggestedLearningRate,
    @Schema(description = "The rule for the suggested learning rate.") String rule,
    @Schema(description = "The steps, counted from 0.") List<Number> step,
    @Schema(description = "The learning rate of each step.") List<Number> learningRate,
    @Schema(description = "The loss of each step's batch; null: not finite.") List<Number> loss,
    @Schema(description = "The losses, smoothed with a weight of 0.98.") List<Number> smoothed)
    implements Table.Tabular {
  /**
   * The weight of the past in the smoothed loss. A trainer uses the same weight to end the test.
   */
  public static final double SMOOTHING = 0.98;

  private static final double BELOW = 10;
  private static final String RULE =
      "a tenth of the learning rate with the lowest smoothed loss, as in fastai's lr_find"
          + " (minimum)";

  /** The range test of losses that are smoothed with {@link #SMOOTHING}. */
  public static RangeTestView of(LearningRateSchedule.RangeTest schedule, LossCurve losses) {
    List<Number> rates =
        losses.step().stream()
            .<Number>map(step -> Significant.number(schedule.at(step.longValue())))
            .collect(Collectors.toList());
    int least =
        IntStream.range(0, rates.size())
            .filter(i -> losses.smoothed().get(i) != null)
            .boxed()
            .min(
                (a, b) ->
                    Double.compare(
                        losses.smoothed().get(a).doubleValue(),
                        losses.smoothed().get(b).doubleValue()))
            .orElse(0);
    return new RangeTestView(
        losses.run(),
        least == 0 ? null : (Double) (schedule.at(losses.step().get(least).longValue()) / BELOW),
        RULE,
        losses.step(),
        rates,
        losses.loss(),
        losses.smoothed());
  }

  @Override
  public Table table() {
    return new Table(
        run + "-range-test",
        List.of("step", "learning_rate", "loss", "smoothed"),
        () ->
            Columns.rows(List.of(), Arrays.asList(step, learningRate, loss, smoothed)).iterator());
  }
}
