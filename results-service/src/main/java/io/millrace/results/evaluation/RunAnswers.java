package io.millrace.results.evaluation;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.results.query.Remainder;
import io.millrace.results.query.Table;
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A page of a run's predictions for the test samples. */
@Schema(description = "A page of a run's predictions for the test samples.")
public record RunAnswers(
    @Schema(description = "The run's id.") String run,
    @Schema(description = "Number of samples in the test part.") int samples,
    @Schema(description = "Number of correct predictions in the test part.") int right,
    @Schema(description = "Number of samples that match the filters, over all pages.") int total,
    @Schema(description = "The predictions, in the order of the test part.") List<Answer> answers,
    @Schema(description = "The value of from for the next page; absent on the last page.")
        Integer next)
    implements Table.Tabular, Remainder.Cuttable {
  @Override
  public Remainder remainder() {
    return Remainder.after("from", next);
  }

  /** The prediction for a test sample. */
  @Schema(name = "SampleAnswer", description = "The prediction for a test sample.")
  public record Answer(
      @Schema(
              description =
                  "The index of the sample in the test part, counted from 0; the same in all runs"
                      + " with the same data and split.")
          int index,
      @Schema(name = "class", description = "The true class of the sample.") @JsonProperty("class")
          String of,
      @Schema(description = "The predicted class.") String answer,
      @Schema(description = "Whether the prediction is correct.") boolean right,
      @Schema(
              description =
                  "The model's output for the predicted class, in steps of 1/255; absent if the"
                      + " outputs are not probabilities.")
          Number confidence) {}

  @Override
  public Table table() {
    return new Table(
        run + "-answers",
        List.of("index", "class", "answer", "right", "confidence"),
        () ->
            answers.stream()
                .<List<?>>map(
                    one ->
                        Arrays.asList(
                            one.index(), one.of(), one.answer(), one.right(), one.confidence()))
                .iterator());
  }
}
