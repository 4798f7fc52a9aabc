package io.millrace.results.run;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.millrace.results.query.Remainder;
import io.millrace.results.query.Table;
import io.millrace.results.request.ValueText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A page of runs, in the requested order. */
@Schema(description = "A page of runs.")
public record RunPage(
    List<RunSummary> runs,
    @Schema(description = "The cursor of the next page; absent on the last page.") String next,
    @Schema(
            description =
                "Number of runs in each state, independent of the parameter state; present if"
                    + " counts are requested.",
            examples = "{\"COMPLETED\": 8, \"REJECTED\": 2}")
        Map<String, Long> states,
    @JsonIgnore @Schema(hidden = true) List<String> columns)
    implements Table.Tabular, Remainder.Cuttable {
  @Override
  public Remainder remainder() {
    return Remainder.after("cursor", next);
  }

  /** One row per run; a column for each metric that any run has, and for each requested field. */
  @Override
  public Table table() {
    var metrics = new LinkedHashSet<String>();
    var tests = new LinkedHashSet<String>();
    for (RunSummary run : runs) {
      metrics.addAll(of(run.metrics()).keySet());
      tests.addAll(of(run.test()).keySet());
    }
    var columns =
        new ArrayList<>(
            List.of(
                "run",
                "experiment",
                "variant",
                "seed",
                "state",
                "tags",
                "reason",
                "queued_at",
                "started_at",
                "ended_at",
                "epochs_done",
                "epochs",
                "steps_done",
                "seconds"));
    columns.addAll(metrics);
    tests.forEach(name -> columns.add("test_" + name));
    columns.addAll(this.columns);
    return new Table(
        "runs",
        columns,
        () -> runs.stream().<List<?>>map(run -> row(run, metrics, tests)).iterator());
  }

  private List<?> row(RunSummary run, Iterable<String> metrics, Iterable<String> tests) {
    var row =
        new ArrayList<Object>(
            Arrays.asList(
                run.run(),
                run.experiment(),
                run.variant(),
                run.seed(),
                run.state().name(),
                run.tags(),
                run.reason(),
                run.queuedAt(),
                run.startedAt(),
                run.endedAt(),
                run.epochsDone(),
                run.epochs(),
                run.stepsDone(),
                run.seconds()));
    metrics.forEach(name -> row.add(of(run.metrics()).get(name)));
    tests.forEach(name -> row.add(of(run.test()).get(name)));
    columns.forEach(path -> row.add(cell(of(run.values()).get(path))));
    return row;
  }

  private static Object cell(Object value) {
    return value instanceof List || value instanceof Map ? ValueText.of(value) : value;
  }

  private static Map<String, Object> of(Map<String, Object> numbers) {
    return numbers == null ? Map.of() : numbers;
  }
}
