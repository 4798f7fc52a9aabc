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

/** Submits requests, checks them, and cancels runs. */
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
      summary = "Submit a training request",
      description =
          "Submits a training request, or a sweep: a request with seeds instead of seed, or with"
              + " {\"sweep\": [...]} instead of a value. Submitting the same request again does not"
              + " train it again.")
  @RequestBody(
      description = "See GET /schema/training-request.",
      content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
  @APIResponse(
      responseCode = "202",
      description = "The request is accepted. The run can be read at Location from now on.",
      content = @Content(schema = @Schema(implementation = Submission.class)))
  @APIResponse(
      responseCode = "400",
      description = "The request is invalid or cannot be trained; field names the invalid field.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "409",
      description = "A run with this id and another request exists.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "429",
      description = "The caller has reached the limit of queued runs.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "503",
      description = "Kafka or the database is unavailable.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Response> submit(byte[] request) {
    AuditLog.Line line = audit.line("submit");
    return submissions
        .submit(request, callers.current().name())
        .onItem()
        .invoke(
            accepted ->
                line.end(
                    (accepted.isNew() ? "accepted " : "known ")
                        + accepted.run()
                        + ", "
                        + Check.count(accepted.runs().size(), "run")))
        .onFailure()
        .invoke(e -> line.end("refused, " + e.getMessage()))
        .map(
            accepted ->
                Response.accepted(accepted)
                    .location(URI.create("/runs/" + accepted.run()))
                    .build());
  }

  @POST
  @Path("/check")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "check",
      summary = "Check a training request",
      description =
          "Answers as POST /runs would, but publishes nothing: checks whether the request is"
              + " valid, whether the network fits the data set, and whether the id is free.")
  @RequestBody(
      description = "See GET /schema/training-request.",
      content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
  @APIResponse(
      responseCode = "200",
      description = "The request would be accepted, with these runs.",
      content = @Content(schema = @Schema(implementation = Submission.class)))
  @APIResponse(
      responseCode = "400",
      description = "The request is invalid or cannot be trained; field names the invalid field.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "409",
      description = "A run with this id and another request exists.",
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
          "A queued run becomes CANCELLED immediately. The trainer of a running run stops it within"
              + " a step.")
  @APIResponse(
      responseCode = "202",
      description = "The run is cancelled, or its trainer is notified.")
  @APIResponse(
      responseCode = "404",
      description = "The run does not exist.",
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
        .invoke(state -> line.end("accepted, it was " + state))
        .onFailure()
        .invoke(e -> line.end("refused, " + e.getMessage()))
        .map(state -> Response.accepted().build());
  }
}
