package io.millrace.results.run;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.results.http.Parameters;
import io.millrace.results.store.RunState;
import jakarta.ws.rs.QueryParam;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/** The query parameters of a list of runs. */
class RunListParameters {
  private static final String CREATED_AT = "created_at";
  private static final int MAX_CONDITIONS = 8;
  private static final int MAX_NAME = 100;
  private static final int MAX_STATES = 10;
  private static final int MAX_COLUMNS = 20;
  private static final int MAX_PATH = 200;

  @QueryParam("experiment")
  @Parameter(description = "Only runs of this experiment.")
  String experiment;

  @QueryParam("variant")
  @Parameter(description = "Only runs of this variant.")
  String variant;

  @QueryParam("state")
  @Parameter(
      description = "Only runs in this state. Can be repeated to list several states.",
      schema = @Schema(implementation = RunState.class))
  List<String> state;

  @QueryParam("archived")
  @Parameter(
      description =
          "Archived runs: hidden (false), included (true) or the only ones listed (only).",
      schema =
          @Schema(
              enumeration = {"false", "true", "only"},
              defaultValue = "false"))
  String archived;

  @QueryParam("counts")
  @Parameter(
      description = "Whether to count the runs in each state, independent of the parameter state.",
      schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
  String counts;

  @QueryParam("q")
  @Parameter(description = "Only runs whose id contains this text, ignoring case.")
  String q;

  @QueryParam("tag")
  @Parameter(description = "Only runs with this tag.")
  String tag;

  @QueryParam("since")
  @Parameter(
      description = "Only runs queued at this time (ISO 8601) or later.",
      example = "2026-01-31T12:00:00Z")
  String since;

  @QueryParam("until")
  @Parameter(description = "Only runs queued before this time.")
  String until;

  @QueryParam("where")
  @Parameter(
      description =
          "Only runs that meet a condition on a metric or a field of the request: a name, one of <"
              + " <= > >= = !=, and a number; = and != also accept a text of at most 200"
              + " characters, ignoring case. Can be repeated up to 8 times; all conditions must"
              + " hold. Metrics are those of the latest epoch (val_loss), those of the test part"
              + " (test_acc), and seconds, samples_per_second, best_epoch, best_val_loss; fields"
              + " are given by their paths (optimizer.learning_rate). A run without the field"
              + " matches every !=. If a name is both a metric and a field, a number selects the"
              + " metric.",
      example = "val_acc>=0.8")
  List<String> where;

  @QueryParam("sort")
  @Parameter(
      description =
          "The sort key: created_at, a metric, or a field of the request (the first 200 characters"
              + " of a text). For a metric or a field, only the runs that have it are listed.",
      schema = @Schema(type = SchemaType.STRING, defaultValue = CREATED_AT))
  String sort;

  @QueryParam("order")
  @Parameter(
      description = "Sort order: ascending or descending.",
      schema =
          @Schema(
              enumeration = {"asc", "desc"},
              defaultValue = "desc"))
  String order;

  @QueryParam("limit")
  @Parameter(
      description = "Maximum number of runs on the page.",
      schema =
          @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "500", defaultValue = "100"))
  String limit;

  @QueryParam("cursor")
  @Parameter(
      description = "The next value of the previous page; the other parameters must be the same.")
  String cursor;

  @QueryParam("columns")
  @Parameter(
      description =
          "The path of a request field to include in values. Can be repeated up to 20 times. For a"
              + " schedule, optimizer.learning_rate is its initial_learning_rate.",
      example = "optimizer.learning_rate")
  List<String> columns;

  private enum Order {
    ASC,
    DESC
  }

  RunFilter filter() {
    return new RunFilter(
        Parameters.name("experiment", experiment),
        Parameters.name("variant", variant),
        states(),
        Parameters.archived(archived),
        q == null ? null : Check.text("q", q, MAX_NAME),
        Parameters.name("tag", tag),
        Parameters.time("since", since),
        Parameters.time("until", until),
        conditions(),
        sort == null || sort.equals(CREATED_AT) ? null : Check.text("sort", sort, MAX_PATH),
        Parameters.oneOf("order", order, Order.class) != Order.ASC,
        Parameters.integer("limit", limit, 100, 1, 500),
        cursor,
        Parameters.flag("counts", counts),
        columns());
  }

  private List<String> columns() {
    if (columns.size() > MAX_COLUMNS) {
      throw new InvalidMessageException(
          "columns", "is given " + columns.size() + " times; give at most " + MAX_COLUMNS);
    }
    return columns.stream().map(path -> Check.text("columns", path, MAX_PATH)).distinct().toList();
  }

  private List<RunState> states() {
    if (state.size() > MAX_STATES) {
      throw new InvalidMessageException(
          "state", "is given " + state.size() + " times; give at most " + MAX_STATES);
    }
    return state.stream()
        .map(name -> Parameters.oneOf("state", name, RunState.class))
        .distinct()
        .toList();
  }

  private List<Condition> conditions() {
    if (where.size() > MAX_CONDITIONS) {
      throw new InvalidMessageException(
          "where", "is given " + where.size() + " times; give at most " + MAX_CONDITIONS);
    }
    return where.stream().map(text -> Condition.parse("where", text)).toList();
  }
}
