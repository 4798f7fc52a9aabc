package io.millrace.results.experiment;

import io.millrace.access.Callers;
import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.adaptive.MoreSeeds;
import io.millrace.results.housekeeping.Cancellation;
import io.millrace.results.http.AuditLog;
import io.millrace.results.http.ErrorBody;
import io.millrace.results.http.Requesters;
import io.millrace.results.query.UnknownException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Further runs of an experiment, or no further ones. */
@Path("/experiments")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.SUBMITTER)
@Tag(name = "experiments")
@APIResponse(
    responseCode = "404",
    description = "No such experiment is known.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "503",
    description = "The broker or the database is away.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
public class ExperimentSeedsResource {
  private final Cancellation cancellation;
  private final MoreSeeds more;
  private final Callers callers;
  private final AuditLog audit;

  ExperimentSeedsResource(
      Cancellation cancellation, MoreSeeds more, Callers callers, AuditLog audit) {
    this.cancellation = cancellation;
    this.more = more;
    this.callers = callers;
    this.audit = audit;
  }

  @POST
  @Path("/{experiment}/cancel")
  @Operation(
      operationId = "cancelExperiment",
      summary = "Cancel an experiment",
      description =
          "Cancels its runs that wait or are trained, as DELETE /runs/{run} does, and asks for no"
              + " further seeds where they run until it is decided, and for nothing more of a search."
              + " Runs of somebody else go on.")
  @APIResponse(
      responseCode = "200",
      description = "What may be cancelled is, or its trainers are told.",
      content = @Content(schema = @Schema(implementation = Cancellation.Cancelled.class)))
  @APIResponse(
      responseCode = "403",
      description = "All its runs belong to somebody else, and the token is no admin's.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Cancellation.Cancelled> cancel(
      @PathParam("experiment") @Parameter(description = "The experiment's name.")
          String experiment) {
    AuditLog.Line line = audit.line("cancel experiment " + Check.name("experiment", experiment));
    return cancellation
        .experiment(experiment, Requesters.of(callers))
        .onItem()
        .ifNull()
        .failWith(() -> unknown(experiment))
        .onItem()
        .invoke(done -> line.end("done, " + Check.count(done.runs(), "run") + " cancelled"))
        .onFailure()
        .invoke(e -> line.end("refused, " + e.getMessage()));
  }

  @POST
  @Path("/{experiment}/more")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "moreSeeds",
      summary = "Run further seeds",
      description =
          "Runs each variant again, by the request of its newest run, with the seeds behind the"
              + " largest one that it has. Of a search the finalists are the variants.")
  @RequestBody(
      description = "Which variant, and how many seeds; an empty body: one seed of every variant.",
      content = @Content(schema = @Schema(implementation = MoreSeeds.Asked.class)))
  @APIResponse(
      responseCode = "202",
      description = "The runs are known from now on.",
      content = @Content(schema = @Schema(implementation = MoreSeeds.Answer.class)))
  @APIResponse(
      responseCode = "400",
      description = "The body cannot be understood, or the variant is not known.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "409",
      description =
          "The experiment asks for further runs by itself: until it is decided, or as a search.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "429",
      description = "The caller has as many runs in the queue as one may have.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Response> more(
      @PathParam("experiment") @Parameter(description = "The experiment's name.") String experiment,
      byte[] body) {
    AuditLog.Line line =
        audit.line("more seeds of experiment " + Check.name("experiment", experiment));
    return more.of(experiment, MoreSeeds.Asked.read(body), callers.current().name())
        .onItem()
        .ifNull()
        .failWith(() -> unknown(experiment))
        .onItem()
        .invoke(taken -> line.end("taken, " + Check.count(taken.runs().size(), "run")))
        .onFailure()
        .invoke(e -> line.end("refused, " + e.getMessage()))
        .map(taken -> Response.accepted(taken).build());
  }

  private static UnknownException unknown(String experiment) {
    return new UnknownException("no experiment " + Check.quote(experiment) + " is known");
  }
}
