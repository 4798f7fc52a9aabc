package io.millrace.results.evaluation;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.results.query.Remainder;
import io.millrace.results.query.Table;
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a run's model said of the test samples, a page of them. */
@Schema(description = "What a run's model said of the test samples, a page of them.")
public record RunAnswers(
    @Schema(description = "The run's id.") String run,
    @Schema(description = "Of the test part.") int samples,
    @Schema(description = "How many of them the model got right.") int right,
    @Schema(description = "How many the filters leave, on all pages together.") int total,
    @Schema(description = "In the order of the test part.") List<Answer> answers,
    @Schema(description = "The value of from for the next page; absent on the last one.")
        Integer next)
    implements Table.Tabular, Remainder.Cuttable {
  @Override
  public Remainder remainder() {
    return Remainder.after("from", next);
  }

  /** What it said of a sample. */
  @Schema(name = "SampleAnswer", description = "What the model said of a test sample.")
  public record Answer(
      @Schema(
              description =
                  "The sample's place in the test part, counted from 0: the same in all runs on the"
                      + " same data and split.")
          int index,
      @Schema(name = "class", description = "The sample's class.") @JsonProperty("class") String of,
      @Schema(description = "The class that the model took it for.") String answer,
      @Schema(description = "Whether the two are the same.") boolean right,
      @Schema(
              description =
                  "The model's output of the class that it answered, in steps of 1/255; absent"
                      + " where its outputs are no probabilities.")
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
