package io.millrace.results.experiment;

import io.millrace.access.Callers;
import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.housekeeping.Deed;
import io.millrace.results.housekeeping.Housekeeping;
import io.millrace.results.http.AuditLog;
import io.millrace.results.http.ErrorBody;
import io.millrace.results.http.Housekept;
import io.millrace.results.http.Requesters;
import io.millrace.results.query.UnknownException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Archives, restores and deletes all runs of an experiment. */
@Path("/experiments")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.SUBMITTER)
@Tag(name = "experiments")
@APIResponse(
    responseCode = "200",
    description = "Done.",
    content = @Content(schema = @Schema(implementation = Housekept.class)))
@APIResponse(
    responseCode = "403",
    description =
        "A run of the experiment belongs to somebody else, and the token is not an admin's. No run"
            + " is changed.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "404",
    description = "The experiment does not exist.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "409",
    description = "A run of the experiment has not ended. No run is changed.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "503",
    description = "Kafka or the database is unavailable.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
public class ExperimentHousekeepingResource {
  private final Housekeeping housekeeping;
  private final Callers callers;
  private final AuditLog audit;

  ExperimentHousekeepingResource(Housekeeping housekeeping, Callers callers, AuditLog audit) {
    this.housekeeping = housekeeping;
    this.callers = callers;
    this.audit = audit;
  }

  @POST
  @Path("/{experiment}/archive")
  @Operation(
      operationId = "archiveExperiment",
      summary = "Archive an experiment",
      description =
          "Hides all runs of the experiment from lists and comparisons. All must have ended.")
  public Uni<Housekept> archive(
      @PathParam("experiment") @Parameter(description = "The experiment's name.")
          String experiment) {
    return changed(Deed.ARCHIVE, experiment);
  }

  @POST
  @Path("/{experiment}/restore")
  @Operation(
      operationId = "restoreExperiment",
      summary = "Restore an experiment",
      description = "Shows the archived runs of the experiment in lists and comparisons again.")
  public Uni<Housekept> restore(
      @PathParam("experiment") @Parameter(description = "The experiment's name.")
          String experiment) {
    return changed(Deed.RESTORE, experiment);
  }

  @POST
  @Path("/{experiment}/delete")
  @Operation(
      operationId = "deleteExperiment",
      summary = "Delete an experiment",
      description =
          "Deletes all runs of the experiment with their losses, models and checkpoints. All must"
              + " have ended. This cannot be undone.")
  public Uni<Housekept> delete(
      @PathParam("experiment") @Parameter(description = "The experiment's name.")
          String experiment) {
    return changed(Deed.DELETE, experiment);
  }

  private Uni<Housekept> changed(Deed deed, String experiment) {
    AuditLog.Line line =
        audit.line(deed.verb() + " experiment " + Check.name("experiment", experiment));
    return line.endWith(
            housekeeping
                .experiment(deed, experiment, Requesters.of(callers))
                .onItem()
                .ifNull()
                .failWith(() -> UnknownException.ofExperiment(experiment)),
            runs -> "done, " + Check.count(runs, "run") + " changed")
        .map(Housekept::new);
  }
}
