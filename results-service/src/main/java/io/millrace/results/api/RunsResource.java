package io.millrace.results.api;

import io.millrace.contracts.Check;
import io.millrace.results.query.EvaluationView;
import io.millrace.results.query.History;
import io.millrace.results.query.Losses;
import io.millrace.results.query.RunFilter;
import io.millrace.results.query.RunPage;
import io.millrace.results.query.RunQueries;
import io.millrace.results.query.RunView;
import io.millrace.results.store.RunState;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Runs. */
@Path("/runs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "runs", description = "What becomes of single training requests.")
@APIResponse(responseCode = "200", description = "What was asked for.")
@APIResponse(
    responseCode = "400",
    description = "A parameter cannot be understood or is out of its range.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
public class RunsResource {
  private final RunQueries runs;

  RunsResource(RunQueries runs) {
    this.runs = runs;
  }

  @GET
  @Operation(
      operationId = "listRuns",
      summary = "Runs, newest first",
      description = "Filters narrow the list down together; next leads to the following page.")
  public Uni<RunPage> list(
      @QueryParam("experiment") @Parameter(description = "Only of this experiment.")
          String experiment,
      @QueryParam("variant") @Parameter(description = "Only of this variant.") String variant,
      @QueryParam("state")
          @Parameter(
              description = "Only in this state.",
              schema = @Schema(implementation = RunState.class))
          String state,
      @QueryParam("limit")
          @Parameter(
              description = "The most runs of the page.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "500",
                      defaultValue = "100"))
          String limit,
      @QueryParam("cursor") @Parameter(description = "The value of next of the page before.")
          String cursor) {
    return runs.list(
        new RunFilter(
            Parameters.name("experiment", experiment),
            Parameters.name("variant", variant),
            Parameters.state("state", state),
            Parameters.integer("limit", limit, 100, 1, 500),
            cursor));
  }

  @GET
  @Path("/{run}")
  @Operation(operationId = "getRun", summary = "All that is known of a run but its curves")
  @APIResponse(
      responseCode = "404",
      description = "No such run is known.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<RunView> run(@PathParam("run") @Parameter(description = "The run's id.") String run) {
    return runs.run(Check.name("run", run));
  }

  @GET
  @Path("/{run}/history")
  @Operation(
      operationId = "getHistory",
      summary = "A run by epochs",
      description = "Losses and metrics of training and validation, durations, speed.")
  @APIResponse(
      responseCode = "404",
      description = "No such run is known.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<History> history(
      @PathParam("run") @Parameter(description = "The run's id.") String run) {
    return runs.history(Check.name("run", run));
  }

  @GET
  @Path("/{run}/losses")
  @Operation(
      operationId = "getLosses",
      summary = "A run by steps",
      description =
          "The loss of every optimizer step. Asked again with from = the last step known + 1, it"
              + " tells what is new.")
  @APIResponse(
      responseCode = "404",
      description = "No such run is known.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Losses> losses(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @QueryParam("from")
          @Parameter(
              description = "The first step.",
              schema = @Schema(type = SchemaType.INTEGER, minimum = "0", defaultValue = "0"))
          String from,
      @QueryParam("limit")
          @Parameter(
              description = "The most steps of the page.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "100000",
                      defaultValue = "10000"))
          String limit) {
    return runs.losses(
        Check.name("run", run),
        Parameters.number("from", from, 0, 0, Long.MAX_VALUE),
        Parameters.integer("limit", limit, 10_000, 1, 100_000));
  }

  @GET
  @Path("/{run}/evaluation")
  @Operation(
      operationId = "getEvaluation",
      summary = "The evaluation of a run's model on the test part",
      description =
          "Its metrics beside those of the naive answer, and the confusion matrix of a"
              + " classification or the predicted beside the true values of a series.")
  @APIResponse(
      responseCode = "404",
      description = "No such run is known, or it has not been evaluated.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<EvaluationView> evaluation(
      @PathParam("run") @Parameter(description = "The run's id.") String run) {
    return runs.evaluation(Check.name("run", run));
  }
}
