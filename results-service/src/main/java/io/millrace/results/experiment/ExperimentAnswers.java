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

/** Two variants of an experiment, test sample by test sample. */
@Schema(
    description =
        "Two variants, test sample by test sample. A variant gets a sample right where more than"
            + " half of its runs do, and wrong where fewer than half do.")
public record ExperimentAnswers(
    @Schema(description = "The experiment's name.") String experiment,
    @Schema(description = "Of the test part, or of the class that was asked for.") int samples,
    @Schema(description = "The first variant.") Side a,
    @Schema(description = "The second variant.") Side b,
    @Schema(description = "What became of each class, in the order of their indices.")
        List<ClassChange> classes,
    @Schema(
            description =
                "Samples that B gets right and A gets wrong, those first whose shares differ most,"
                    + " of equal ones in the order of the test part; classes has their number.")
        List<Difference> gained,
    @Schema(description = "Likewise samples that A gets right and B gets wrong.")
        List<Difference> lost,
    @Schema(
            description =
                "Completed runs of both variants that do not count, and why; absent where there"
                    + " are none. At most 100.")
        List<LeftOutRun> leftOut,
    @Schema(
            description =
                "True where a variant has more runs than are read: then the newest of them count.")
        Boolean truncated)
    implements Table.Tabular, Remainder.Cuttable {
  /** Also where the lists have less than the classes count. */
  @Override
  public Remainder remainder() {
    int told = gained.size() + lost.size();
    int all = classes.stream().mapToInt(one -> one.gained() + one.lost()).sum();
    return Remainder.outOfReach(Boolean.TRUE.equals(truncated) || told < all);
  }

  /** A variant of the two. */
  @Schema(description = "A variant of the two.")
  public record Side(
      @Schema(description = "Its name.") String variant,
      @Schema(description = "Its runs that count, the newest first.") List<String> runs,
      @Schema(description = "Their seeds.") List<Long> seeds,
      @Schema(description = "How many samples a run gets right, on average.") Number right) {}

  /** What became of a class. */
  @Schema(description = "What became of a class.")
  public record ClassChange(
      @Schema(name = "class", description = "Its name.") @JsonProperty("class") String name,
      @Schema(description = "Its samples in the test part.") int samples,
      @Schema(description = "How many of them a run of A gets right, on average.") Number aRight,
      @Schema(description = "How many of them a run of B gets right, on average.") Number bRight,
      @Schema(description = "How many B gets right and A gets wrong.") int gained,
      @Schema(description = "How many A gets right and B gets wrong.") int lost) {}

  /** A sample of which the two say different things. */
  @Schema(description = "A test sample of which the two say different things.")
  public record Difference(
      @Schema(description = "The sample's place in the test part, counted from 0.") int index,
      @Schema(name = "class", description = "Its class.") @JsonProperty("class") String of,
      @Schema(description = "The share of A's runs that get it right.") Number aRight,
      @Schema(description = "The share of B's runs that get it right.") Number bRight,
      @Schema(description = "What most of A's runs take it for.") String aAnswer,
      @Schema(description = "What most of B's runs take it for.") String bAnswer) {}

  /** A run that does not count. */
  @Schema(description = "A completed run that does not count.")
  public record LeftOutRun(
      @Schema(description = "Its id.") String run, @Schema(description = "Why.") String reason) {}

  /** A row a sample, those that are gained first. */
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
