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

/** Which runs are listed, and in what order. */
class RunListParameters {
  private static final String CREATED_AT = "created_at";
  private static final int MAX_CONDITIONS = 8;
  private static final int MAX_NAME = 100;
  private static final int MAX_STATES = 10;
  private static final int MAX_COLUMNS = 20;
  private static final int MAX_PATH = 200;

  @QueryParam("experiment")
  @Parameter(description = "Only of this experiment.")
  String experiment;

  @QueryParam("variant")
  @Parameter(description = "Only of this variant.")
  String variant;

  @QueryParam("state")
  @Parameter(
      description = "Only in this state. May be repeated: in any of them.",
      schema = @Schema(implementation = RunState.class))
  List<String> state;

  @QueryParam("archived")
  @Parameter(
      description = "Archived runs are hidden (false), listed too (true), or the only ones (only).",
      schema =
          @Schema(
              enumeration = {"false", "true", "only"},
              defaultValue = "false"))
  String archived;

  @QueryParam("counts")
  @Parameter(
      description = "Whether to count the runs in each state too, whatever states are listed.",
      schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
  String counts;

  @QueryParam("q")
  @Parameter(description = "Only those whose id has this in it, in any case.")
  String q;

  @QueryParam("tag")
  @Parameter(description = "Only those with this tag.")
  String tag;

  @QueryParam("since")
  @Parameter(
      description = "Only those that became known at this time (ISO 8601) or later.",
      example = "2026-01-31T12:00:00Z")
  String since;

  @QueryParam("until")
  @Parameter(description = "Only those that became known before this time.")
  String until;

  @QueryParam("where")
  @Parameter(
      description =
          "Only those whose metric, or field of the request, is so: a name, one of < <= > >= = !=,"
              + " and a number; of = and != also a text of at most 200 characters, in any case. May"
              + " be repeated, at most 8 times; all hold. Names of metrics are those of the latest"
              + " epoch (val_loss), of the test part (test_acc), and seconds, samples_per_second,"
              + " best_epoch, best_val_loss; fields have paths (optimizer.learning_rate). A run"
              + " without the field is other than any value. A name that is both is the metric"
              + " where the value is a number.",
      example = "val_acc>=0.8")
  List<String> where;

  @QueryParam("sort")
  @Parameter(
      description =
          "By created_at, by a metric, or by a field of the request, of whose text 200 characters"
              + " count: then those that have it are listed.",
      schema = @Schema(type = SchemaType.STRING, defaultValue = CREATED_AT))
  String sort;

  @QueryParam("order")
  @Parameter(
      description = "Ascending or descending.",
      schema =
          @Schema(
              enumeration = {"asc", "desc"},
              defaultValue = "desc"))
  String order;

  @QueryParam("limit")
  @Parameter(
      description = "The most runs of the page.",
      schema =
          @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "500", defaultValue = "100"))
  String limit;

  @QueryParam("cursor")
  @Parameter(description = "The value of next of the page before, all else being the same.")
  String cursor;

  @QueryParam("columns")
  @Parameter(
      description =
          "A field of the request that is told as one of values, by its path. May be repeated, at"
              + " most 20 times. Of a schedule, optimizer.learning_rate is its"
              + " initial_learning_rate.",
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
          "columns", "is given " + columns.size() + " times; give it " + MAX_COLUMNS + " at most");
    }
    return columns.stream().map(path -> Check.text("columns", path, MAX_PATH)).distinct().toList();
  }

  private List<RunState> states() {
    if (state.size() > MAX_STATES) {
      throw new InvalidMessageException(
          "state", "is given " + state.size() + " times; give it " + MAX_STATES + " at most");
    }
    return state.stream()
        .map(name -> Parameters.oneOf("state", name, RunState.class))
        .distinct()
        .toList();
  }

  private List<Condition> conditions() {
    if (where.size() > MAX_CONDITIONS) {
      throw new InvalidMessageException(
          "where", "is given " + where.size() + " times; give it " + MAX_CONDITIONS + " at most");
    }
    return where.stream().map(text -> Condition.parse("where", text)).toList();
  }
}
