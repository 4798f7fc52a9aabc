package io.millrace.results.experiment;

import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.results.query.Remainder;
import io.millrace.results.query.Table;
import io.millrace.results.request.ValueText;
import io.millrace.results.statistics.SearchPlan.Status;
import io.millrace.results.store.RunState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What differs between an experiment's runs, and what it does to a metric. */
@Schema(
    description =
        "What differs between an experiment's requests, and how much it does to a metric. The"
            + " newest 2,000 runs count.")
public record ExperimentParameters(
    @Schema(description = "Its name.") String experiment,
    @Schema(description = "By which the runs are judged.", examples = "test_acc") String metric,
    @Schema(description = "Whether more of it is better.") boolean higherIsBetter,
    @Schema(description = "What importance is, in one sentence.") String importanceMeasure,
    @Schema(description = "The most important first, at most 100.") List<Swept> parameters,
    @Schema(description = "The runs, oldest first, at most 2,000.") List<Point> points,
    @Schema(
            description =
                "True where the experiment has more runs or more parameters, or its requests have"
                    + " more than 16 million characters: then the newest runs count.")
        Boolean truncated)
    implements Table.Tabular, Remainder.Cuttable {
  @Override
  public Remainder remainder() {
    return Remainder.outOfReach(Boolean.TRUE.equals(truncated));
  }

  /** How values of a parameter are laid out. */
  public enum Scale {
    /** Numbers. */
    LINEAR,
    /** Numbers above 0, the largest at least 30 times the least. */
    LOG,
    /** Anything else. */
    CATEGORY;

    /** Its name. */
    @JsonValue
    public String json() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A field that differs. */
  @Schema(name = "SweptParameter", description = "A field of the requests that differs.")
  public record Swept(
      @Schema(description = "Its path.", examples = "optimizer.learning_rate") String field,
      @Schema(description = "log: numbers above 0, the largest at least 30 times the least.")
          Scale scale,
      @Schema(
              description =
                  "0..1; absent for fewer than 8 completed runs with the metric, without any"
                      + " variance, and where no two runs share a value.",
              minimum = "0",
              maximum = "1")
          Number importance,
      @Schema(description = "How many different values; having none is one of them.") int values) {}

  /** A run. */
  @Schema(name = "ParameterPoint", description = "A run.")
  public record Point(
      @Schema(description = "The run's id.") String run,
      String variant,
      Long seed,
      RunState state,
      @Schema(
              description = "By the parameters' paths; of a list of layers, their types.",
              examples = "{\"optimizer.learning_rate\": 0.01}")
          Map<String, Object> values,
      @Schema(description = "The metric of a completed run; absent where it has none.")
          Double value,
      @Schema(description = "Of a search, counted from 0; absent of other runs.") Integer trial,
      @Schema(description = "The rung that the trial has come to, counted from 0.") Integer rung,
      @Schema(description = "What becomes of the trial.") Status status) {}

  /** A row a run; a column for each parameter. */
  @Override
  public Table table() {
    var columns =
        new ArrayList<>(
            List.of("run", "variant", "seed", "state", metric, "trial", "rung", "status"));
    parameters.forEach(parameter -> columns.add(parameter.field()));
    return new Table(
        experiment + "-parameters",
        columns,
        () -> points.stream().<List<?>>map(this::row).iterator());
  }

  private List<?> row(Point point) {
    var row =
        new ArrayList<Object>(
            Arrays.asList(
                point.run(),
                point.variant(),
                point.seed(),
                point.state().name(),
                point.value(),
                point.trial(),
                point.rung(),
                point.status() == null ? null : point.status().json()));
    parameters.forEach(
        parameter -> {
          Object value = point.values().get(parameter.field());
          row.add(value instanceof List ? ValueText.of(value) : value);
        });
    return row;
  }
}
