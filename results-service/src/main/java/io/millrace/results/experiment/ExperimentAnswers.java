package io.millrace.results.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.contracts.json.EnumNames;
import io.millrace.results.query.Remainder;
import io.millrace.results.query.Table;
import io.millrace.results.statistics.SampleDuel.Change;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A comparison of two variants, test sample by test sample. */
@Schema(
    description =
        "A comparison of two variants, test sample by test sample. A variant gets a sample right if"
            + " more than half of its runs get it right, and wrong if fewer than half get it"
            + " right.")
public record ExperimentAnswers(
    @Schema(description = "The experiment's name.") String experiment,
    @Schema(description = "Number of samples in the test part, or of the requested class.")
        int samples,
    @Schema(description = "The first variant.") Side a,
    @Schema(description = "The second variant.") Side b,
    @Schema(description = "The changes by class, in the order of their indices.")
        List<ClassChange> classes,
    @Schema(
            description =
                "Samples that B gets right and A gets wrong. The largest differences of the shares"
                    + " come first; ties are in the order of the test part. classes has the total"
                    + " numbers.")
        List<Difference> gained,
    @Schema(description = "Samples that A gets right and B gets wrong, in the same order.")
        List<Difference> lost,
    @Schema(
            description =
                "Completed runs of both variants that are not compared, and why, at most 100;"
                    + " absent if there are none.")
        List<LeftOutRun> leftOut,
    @Schema(
            description =
                "True if a variant has more runs than are read; then only the newest count.")
        Boolean truncated)
    implements Table.Tabular, Remainder.Cuttable {
  /** Also set if the lists are shorter than the numbers in classes. */
  @Override
  public Remainder remainder() {
    int listed = gained.size() + lost.size();
    int all = classes.stream().mapToInt(one -> one.gained() + one.lost()).sum();
    return Remainder.outOfReach(Boolean.TRUE.equals(truncated) || listed < all);
  }

  /** One of the two variants. */
  @Schema(description = "One of the two variants.")
  public record Side(
      @Schema(description = "The name of the variant.") String variant,
      @Schema(description = "The compared runs of the variant, newest first.") List<String> runs,
      @Schema(description = "The seeds of the runs.") List<Long> seeds,
      @Schema(description = "Mean number of correct samples per run.") Number right) {}

  /** The changes in a class. */
  @Schema(description = "The changes in a class.")
  public record ClassChange(
      @Schema(name = "class", description = "The name of the class.") @JsonProperty("class")
          String name,
      @Schema(description = "Number of samples of the class in the test part.") int samples,
      @Schema(description = "Mean number of correct samples per run of A.") Number aRight,
      @Schema(description = "Mean number of correct samples per run of B.") Number bRight,
      @Schema(description = "Number of samples that B gets right and A gets wrong.") int gained,
      @Schema(description = "Number of samples that A gets right and B gets wrong.") int lost) {}

  /** A test sample that the two variants predict differently. */
  @Schema(description = "A test sample that the two variants predict differently.")
  public record Difference(
      @Schema(description = "The index of the sample in the test part, counted from 0.") int index,
      @Schema(name = "class", description = "The true class of the sample.") @JsonProperty("class")
          String of,
      @Schema(description = "The share of A's runs that get the sample right.") Number aRight,
      @Schema(description = "The share of B's runs that get the sample right.") Number bRight,
      @Schema(description = "The class that most of A's runs predict.") String aAnswer,
      @Schema(description = "The class that most of B's runs predict.") String bAnswer) {}

  /** A completed run that is not compared. */
  @Schema(description = "A completed run that is not compared.")
  public record LeftOutRun(
      @Schema(description = "The id of the run.") String run,
      @Schema(description = "Why the run is not compared.") String reason) {}

  /** One row per sample, gained samples first. */
  @Override
  public Table table() {
    return new Table(
        experiment + "-answers",
        List.of("change", "index", "class", "a_right", "b_right", "a_answer", "b_answer"),
        () ->
            Stream.concat(
                    gained.stream().map(one -> row(Change.GAINED, one)),
                    lost.stream().map(one -> row(Change.LOST, one)))
                .<List<?>>map(row -> row)
                .iterator());
  }

  private static List<?> row(Change change, Difference one) {
    return Arrays.asList(
        EnumNames.json(change),
        one.index(),
        one.of(),
        one.aRight(),
        one.bRight(),
        one.aAnswer(),
        one.bAnswer());
  }
}
