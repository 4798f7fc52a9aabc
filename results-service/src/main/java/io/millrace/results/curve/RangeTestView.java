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

/** A learning-rate range test: the loss against the rate, in columns of one length. */
@Schema(
    description =
        "A learning-rate range test (Smith 2017): the loss against the rate, in columns of one"
            + " length, down-sampled. null: not finite.")
public record RangeTestView(
    @Schema(description = "The run's id.") String run,
    @Schema(
            description =
                "A tenth of the rate at which the smoothed loss was least. Absent where the loss"
                    + " has not fallen.",
            examples = "0.003")
        Double suggestedLearningRate,
    @Schema(description = "How it was found.") String rule,
    @Schema(description = "Counts from 0.") List<Number> step,
    @Schema(description = "The rate of the step.") List<Number> learningRate,
    @Schema(description = "The loss of the step's batch; null: not finite.") List<Number> loss,
    @Schema(description = "The losses smoothed, with a weight of 0.98.") List<Number> smoothed)
    implements Table.Tabular {
  /** The weight of the past in the smoothed loss, by which a trainer ends the test too. */
  public static final double SMOOTHING = 0.98;

  private static final double BELOW = 10;
  private static final String RULE =
      "a tenth of the learning rate at which the smoothed loss was least, as fastai's lr_find"
          + " suggests (minimum)";

  /** Of the losses, smoothed by {@link #SMOOTHING}. */
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
