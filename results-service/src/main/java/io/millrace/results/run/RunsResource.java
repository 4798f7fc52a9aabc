package io.millrace.results.run;

import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.curve.ExcerptParameters;
import io.millrace.results.curve.HistoryCurve;
import io.millrace.results.curve.LossCurve;
import io.millrace.results.curve.RangeTestView;
import io.millrace.results.curve.RunCurves;
import io.millrace.results.curve.RunHistory;
import io.millrace.results.curve.RunLosses;
import io.millrace.results.evaluation.EvaluationView;
import io.millrace.results.http.ErrorBody;
import io.millrace.results.http.Export;
import io.millrace.results.http.Parameters;
import io.millrace.results.query.Table;
import io.millrace.results.sampling.Excerpt;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Serves runs: lists, details, history, losses, range tests and evaluations. */
@Path("/runs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "runs", description = "Single runs and their results.")
@APIResponse(responseCode = "200", description = "The requested data.")
@RolesAllowed(Roles.READER)
public class RunsResource {
  /** The maximum number of points of a range test's curve. */
  private static final int RANGE_POINTS = 2_000;

  private final RunQueries runs;
  private final RunCurves curves;
  private final RunFieldQueries fields;

  RunsResource(RunQueries runs, RunCurves curves, RunFieldQueries fields) {
    this.runs = runs;
    this.curves = curves;
    this.fields = fields;
  }

  @GET
  @Produces({MediaType.APPLICATION_JSON, Export.CSV, Export.JSON_LINES})
  @Operation(
      operationId = "listRuns",
      summary = "Runs, newest first by default",
      description = "Filters are combined with AND. next gives the following page.")
  public Uni<RunPage> list(@BeanParam RunListParameters parameters) {
    return runs.list(parameters.filter());
  }

  @GET
  @Path("/fields")
  @Produces({MediaType.APPLICATION_JSON, Export.CSV, Export.JSON_LINES})
  @Operation(
      operationId = "listFields",
      summary = "Fields and metrics to list, filter and sort runs by",
      description =
          "The request fields and the metrics of the newest 500 runs that are not archived. Fields"
              + " that differ come first.")
  public Uni<RunFields> fields(
      @QueryParam("experiment") @Parameter(description = "Only runs of this experiment.")
          String experiment) {
    return fields.fields(Parameters.name("experiment", experiment));
  }

  @GET
  @Path("/{run}")
  @Operation(
      operationId = "getRun",
      summary = "A run's details, without its curves",
      description = "Unknown values are left out.")
  @APIResponse(
      responseCode = "404",
      description = "The run does not exist.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<RunView> run(@PathParam("run") @Parameter(description = "The run's id.") String run) {
    return runs.comparedRun(Check.name("run", run));
  }

  @GET
  @Path("/{run}/history")
  @Produces({MediaType.APPLICATION_JSON, Export.CSV, Export.JSON_LINES})
  @Operation(
      operationId = "getHistory",
      summary = "A run's history by epoch",
      description =
          "Losses and metrics of training and validation, durations and speed. With points, the"
              + " answer is down-sampled and in columns.")
  @APIResponse(
      responseCode = "200",
      description = "Rows, or columns if points is given.",
      content = @Content(schema = @Schema(anyOf = {RunHistory.class, HistoryCurve.class})))
  @APIResponse(
      responseCode = "404",
      description = "The run does not exist.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Table.Tabular> history(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @QueryParam("points")
          @Parameter(
              description = "Maximum number of epochs; by default all, in rows.",
              schema = @Schema(type = SchemaType.INTEGER, minimum = "3", maximum = "10000"))
          String points,
      @QueryParam("smooth")
          @Parameter(
              description = "The weight of an exponential moving average; needs points.",
              schema = @Schema(type = SchemaType.NUMBER, minimum = "0", maximum = "0.999"))
          String smooth) {
    var shown = new ExcerptParameters();
    shown.points = points;
    shown.smooth = smooth;
    String name = Check.name("run", run);
    return shown.isGiven()
        ? curves.history(name, shown.points(), shown.weight()).map(Function.identity())
        : runs.history(name).map(Function.identity());
  }

  @GET
  @Path("/{run}/losses")
  @Produces({MediaType.APPLICATION_JSON, Export.CSV, Export.JSON_LINES})
  @Operation(
      operationId = "getLosses",
      summary = "A run's losses by step",
      description =
          "The loss of every optimizer step. To poll for new steps, set from to the last known step"
              + " + 1. With points, the answer is down-sampled and in columns.")
  @APIResponse(
      responseCode = "200",
      description = "Rows, or columns if points is given.",
      content = @Content(schema = @Schema(anyOf = {RunLosses.class, LossCurve.class})))
  @APIResponse(
      responseCode = "404",
      description = "The run does not exist.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Table.Tabular> losses(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @BeanParam ExcerptParameters shown,
      @QueryParam("limit")
          @Parameter(
              description =
                  "Maximum number of steps on a page of rows; a file has all steps by default.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "100000",
                      defaultValue = "10000"))
          String limit,
      @Context HttpHeaders headers) {
    String name = Check.name("run", run);
    if (shown.isGiven()) {
      return curves.losses(name, shown.excerpt()).map(Function.identity());
    }
    return limit == null && Export.isRequested(headers)
        ? runs.allLosses(name, shown.firstStep(), shown.endStep()).map(Function.identity())
        : runs.losses(
                name,
                shown.firstStep(),
                shown.endStep(),
                Parameters.integer("limit", limit, 10_000, 1, 100_000))
            .map(Function.identity());
  }

  @GET
  @Path("/{run}/range-test")
  @Produces({MediaType.APPLICATION_JSON, Export.CSV, Export.JSON_LINES})
  @Operation(
      operationId = "getRangeTest",
      summary = "The loss of a learning-rate range test by learning rate",
      description =
          "For a run whose learning_rate is a schedule of type RangeTest. Includes the suggested"
              + " learning rate and the rule for it.")
  @APIResponse(
      responseCode = "404",
      description = "The run does not exist or is not a range test.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<RangeTestView> rangeTest(
      @PathParam("run") @Parameter(description = "The run's id.") String run) {
    String name = Check.name("run", run);
    var excerpt = new Excerpt(RANGE_POINTS, RangeTestView.SMOOTHING, 0, Double.POSITIVE_INFINITY);
    return runs.rangeTest(name)
        .chain(
            schedule ->
                curves.losses(name, excerpt).map(losses -> RangeTestView.of(schedule, losses)));
  }

  @GET
  @Path("/{run}/evaluation")
  @Produces({MediaType.APPLICATION_JSON, Export.CSV, Export.JSON_LINES})
  @Operation(
      operationId = "getEvaluation",
      summary = "The evaluation of a run's model on the test part",
      description =
          "Metrics of the model and of the naive baseline. For classification also the confusion"
              + " matrix and the scores of each class; for predicted numbers the true"
              + " and the predicted values.")
  @APIResponse(
      responseCode = "404",
      description = "The run does not exist or has no evaluation.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<EvaluationView> evaluation(
      @PathParam("run") @Parameter(description = "The run's id.") String run) {
    return runs.evaluation(Check.name("run", run));
  }
}
