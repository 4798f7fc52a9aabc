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

/** The request fields that differ between an experiment's runs, and their effect on a metric. */
@Schema(
    description =
        "The request fields that differ between the newest 2,000 runs of an experiment, and their"
            + " effect on a metric.")
public record ExperimentParameters(
    @Schema(description = "The name of the experiment.") String experiment,
    @Schema(description = "The metric that runs are compared by.", examples = "test_acc")
        String metric,
    @Schema(description = "Whether higher values are better.") boolean higherIsBetter,
    @Schema(description = "The definition of importance, in one sentence.")
        String importanceMeasure,
    @Schema(description = "The fields that differ, most important first, at most 100.")
        List<Swept> parameters,
    @Schema(description = "The runs, oldest first, at most 2,000.") List<Point> points,
    @Schema(
            description =
                "True if the experiment has more runs or parameters, or its requests have more than"
                    + " 16 million characters; then only the newest runs count.")
        Boolean truncated)
    implements Table.Tabular, Remainder.Cuttable {
  @Override
  public Remainder remainder() {
    return Remainder.outOfReach(Boolean.TRUE.equals(truncated));
  }

  /** The scale for the values of a parameter. */
  public enum Scale {
    /** Numbers. */
    LINEAR,
    /** Numbers above 0, the largest at least 30 times the smallest. */
    LOG,
    /** Anything else. */
    CATEGORY;

    /** The name in JSON. */
    @JsonValue
    public String json() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A request field that differs between runs. */
  @Schema(name = "SweptParameter", description = "A request field that differs between runs.")
  public record Swept(
      @Schema(description = "The path of the field.", examples = "optimizer.learning_rate")
          String field,
      @Schema(description = "log: numbers above 0, the largest at least 30 times the smallest.")
          Scale scale,
      @Schema(
              description =
                  "The effect of the field on the metric, 0..1. Absent if fewer than 8 completed"
                      + " runs have the metric, if there is no variance, or if no two runs share a"
                      + " value.",
              minimum = "0",
              maximum = "1")
          Number importance,
      @Schema(description = "Number of different values; a missing value counts as one.")
          int values) {}

  /** A run with its values and its metric. */
  @Schema(name = "ParameterPoint", description = "A run with its values and its metric.")
  public record Point(
      @Schema(description = "The run's id.") String run,
      String variant,
      Long seed,
      RunState state,
      @Schema(
              description =
                  "The values of the parameters by path; for a list of layers, their types.",
              examples = "{\"optimizer.learning_rate\": 0.01}")
          Map<String, Object> values,
      @Schema(description = "The metric of a completed run; absent if it has none.") Double value,
      @Schema(
              description =
                  "The number of the trial in a search, counted from 0; absent for other runs.")
          Integer trial,
      @Schema(description = "The rung that the trial has reached, counted from 0.") Integer rung,
      @Schema(description = "The status of the trial.") Status status) {}

  /** One row per run; a column for each parameter. */
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
