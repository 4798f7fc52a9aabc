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

/** Cancels an experiment or adds seeds to it. */
@Path("/experiments")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.SUBMITTER)
@Tag(name = "experiments")
@APIResponse(
    responseCode = "404",
    description = "The experiment does not exist.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "503",
    description = "Kafka or the database is unavailable.",
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
          "Cancels the queued and running runs of the experiment, as DELETE /runs/{run} does. Ends"
              + " adaptive seeds and searches. Runs that belong to somebody else continue.")
  @APIResponse(
      responseCode = "200",
      description = "The runs are cancelled or their trainers are notified.",
      content = @Content(schema = @Schema(implementation = Cancellation.Cancelled.class)))
  @APIResponse(
      responseCode = "403",
      description =
          "All runs of the experiment belong to somebody else, and the token is not an admin's.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Cancellation.Cancelled> cancel(
      @PathParam("experiment") @Parameter(description = "The experiment's name.")
          String experiment) {
    AuditLog.Line line = audit.line("cancel experiment " + Check.name("experiment", experiment));
    return line.endWith(
        cancellation
            .experiment(experiment, Requesters.of(callers))
            .onItem()
            .ifNull()
            .failWith(() -> UnknownException.ofExperiment(experiment)),
        done -> "done, " + Check.count(done.runs(), "run") + " cancelled");
  }

  @POST
  @Path("/{experiment}/more")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "moreSeeds",
      summary = "Add seeds",
      description =
          "Runs each variant again with the request of its newest run and the seeds that follow its"
              + " largest seed. In a search, the finalists are the variants.")
  @RequestBody(
      description =
          "The variant and the number of seeds; an empty body means one seed of every variant.",
      content = @Content(schema = @Schema(implementation = MoreSeeds.Asked.class)))
  @APIResponse(
      responseCode = "202",
      description = "The runs are accepted.",
      content = @Content(schema = @Schema(implementation = MoreSeeds.Answer.class)))
  @APIResponse(
      responseCode = "400",
      description = "The body is invalid, or the variant does not exist.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "409",
      description = "The experiment adds runs itself, because it has adaptive seeds or a search.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "429",
      description = "The caller has the maximum number of queued runs.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Response> more(
      @PathParam("experiment") @Parameter(description = "The experiment's name.") String experiment,
      byte[] body) {
    AuditLog.Line line =
        audit.line("more seeds of experiment " + Check.name("experiment", experiment));
    return line.endWith(
            more.of(experiment, MoreSeeds.Asked.read(body), callers.current().name())
                .onItem()
                .ifNull()
                .failWith(() -> UnknownException.ofExperiment(experiment)),
            taken -> "taken, " + Check.count(taken.runs().size(), "run"))
        .map(taken -> Response.accepted(taken).build());
  }
}
