package io.millrace.results.submission;

import io.millrace.access.Callers;
import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.http.AuditLog;
import io.millrace.results.http.ErrorBody;
import io.millrace.results.http.Requesters;
import io.millrace.results.query.UnknownException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Requests and cancellations. */
@Path("/runs")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "runs")
@RolesAllowed(Roles.SUBMITTER)
public class SubmissionResource {
  private final Submissions submissions;
  private final AuditLog audit;
  private final Callers callers;

  SubmissionResource(Submissions submissions, AuditLog audit, Callers callers) {
    this.callers = callers;
    this.submissions = submissions;
    this.audit = audit;
  }

  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "submit",
      summary = "Train",
      description =
          "Takes a training request, or a sweep: a request with seeds in place of seed, or with"
              + " {\"sweep\": [...]} in place of values. The same request again trains nothing"
              + " twice.")
  @RequestBody(
      description = "See GET /schema/training-request.",
      content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
  @APIResponse(
      responseCode = "202",
      description = "Taken. The run is known from now on, at Location.",
      content = @Content(schema = @Schema(implementation = Submission.class)))
  @APIResponse(
      responseCode = "400",
      description = "The request cannot be understood, or cannot be trained; field says where.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "409",
      description = "A run of this id is there, with another request.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "429",
      description = "The caller has as many runs in the queue as one may have.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "503",
      description = "The broker or the database is away.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Response> submit(byte[] request) {
    AuditLog.Line line = audit.line("submit");
    return submissions
        .submit(request, callers.current().name())
        .onItem()
        .invoke(
            taken ->
                line.end(
                    (taken.isNew() ? "taken " : "known ")
                        + taken.run()
                        + ", "
                        + Check.count(taken.runs().size(), "run")))
        .onFailure()
        .invoke(e -> line.end("refused, " + e.getMessage()))
        .map(
            taken -> Response.accepted(taken).location(URI.create("/runs/" + taken.run())).build());
  }

  @POST
  @Path("/check")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "check",
      summary = "Would it train?",
      description =
          "Says what POST /runs would say to a request, and publishes nothing: whether it can be"
              + " understood, whether its data set and its network fit, whether its id is free.")
  @RequestBody(
      description = "See GET /schema/training-request.",
      content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
  @APIResponse(
      responseCode = "200",
      description = "It would be taken, as these runs.",
      content = @Content(schema = @Schema(implementation = Submission.class)))
  @APIResponse(
      responseCode = "400",
      description = "The request cannot be understood, or cannot be trained; field says where.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "409",
      description = "A run of this id is there, with another request.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Submission> check(byte[] request) {
    return submissions.check(request, callers.current().name());
  }

  @DELETE
  @Path("/{run}")
  @Operation(
      operationId = "cancel",
      summary = "Cancel a run",
      description =
          "A run that waits ends as CANCELLED at once; the trainer of one that runs stops it within a"
              + " step.")
  @APIResponse(responseCode = "202", description = "It is cancelled, or its trainer is told.")
  @APIResponse(
      responseCode = "404",
      description = "No such run is known.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "409",
      description = "The run has ended.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Response> cancel(
      @PathParam("run") @Parameter(description = "The run's id.") String run) {
    AuditLog.Line line = audit.line("cancel " + Check.name("run", run));
    return submissions
        .cancel(run, Requesters.of(callers))
        .onItem()
        .ifNull()
        .failWith(() -> UnknownException.ofRun(run))
        .onItem()
        .invoke(state -> line.end("taken, it was " + state))
        .onFailure()
        .invoke(e -> line.end("refused, " + e.getMessage()))
        .map(state -> Response.accepted().build());
  }
}
