package io.millrace.results.api;

import io.millrace.access.Callers;
import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.housekeeping.Deed;
import io.millrace.results.housekeeping.Housekeeping;
import io.millrace.results.query.UnknownException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Archives, restores and deletes runs, one or all of an experiment. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.SUBMITTER)
@APIResponse(
    responseCode = "200",
    description = "It is done.",
    content = @Content(schema = @Schema(implementation = Housekept.class)))
@APIResponse(
    responseCode = "403",
    description =
        "The run, or one of the experiment, belongs to somebody else, and the token is no admin's;"
            + " nothing is changed.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "404",
    description = "No such run or experiment is known.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "409",
    description = "The run, or one of the experiment, has not ended; nothing is changed.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "503",
    description = "The broker or the database is away.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
public class HousekeepingResource {
  private static final String RUN = "The run's id.";
  private static final String EXPERIMENT = "The experiment's name.";

  private final Housekeeping housekeeping;
  private final Callers callers;
  private final AuditLog audit;

  HousekeepingResource(Housekeeping housekeeping, Callers callers, AuditLog audit) {
    this.housekeeping = housekeeping;
    this.callers = callers;
    this.audit = audit;
  }

  @POST
  @Path("runs/{run}/archive")
  @Tag(name = "runs")
  @Operation(
      operationId = "archiveRun",
      summary = "Archive a run",
      description = "Hides a run that has ended from lists and comparisons.")
  public Uni<Housekept> archiveRun(
      @PathParam("run") @Parameter(description = RUN) String run, @Context UriInfo address) {
    return run(Deed.ARCHIVE, run, address);
  }

  @POST
  @Path("runs/{run}/restore")
  @Tag(name = "runs")
  @Operation(
      operationId = "restoreRun",
      summary = "Restore a run",
      description = "Shows a run again that was archived.")
  public Uni<Housekept> restoreRun(
      @PathParam("run") @Parameter(description = RUN) String run, @Context UriInfo address) {
    return run(Deed.RESTORE, run, address);
  }

  @POST
  @Path("runs/{run}/delete")
  @Tag(name = "runs")
  @Operation(
      operationId = "deleteRun",
      summary = "Delete a run",
      description =
          "Deletes a run that has ended, with its losses, model and checkpoints; it cannot be undone. The same id can be used again.")
  public Uni<Housekept> deleteRun(
      @PathParam("run") @Parameter(description = RUN) String run, @Context UriInfo address) {
    return run(Deed.DELETE, run, address);
  }

  @POST
  @Path("experiments/{experiment}/archive")
  @Tag(name = "experiments")
  @Operation(
      operationId = "archiveExperiment",
      summary = "Archive an experiment",
      description = "Hides all its runs, which have ended, from lists and comparisons.")
  public Uni<Housekept> archiveExperiment(
      @PathParam("experiment") @Parameter(description = EXPERIMENT) String experiment,
      @Context UriInfo address) {
    return experiment(Deed.ARCHIVE, experiment, address);
  }

  @POST
  @Path("experiments/{experiment}/restore")
  @Tag(name = "experiments")
  @Operation(
      operationId = "restoreExperiment",
      summary = "Restore an experiment",
      description = "Shows its archived runs again.")
  public Uni<Housekept> restoreExperiment(
      @PathParam("experiment") @Parameter(description = EXPERIMENT) String experiment,
      @Context UriInfo address) {
    return experiment(Deed.RESTORE, experiment, address);
  }

  @POST
  @Path("experiments/{experiment}/delete")
  @Tag(name = "experiments")
  @Operation(
      operationId = "deleteExperiment",
      summary = "Delete an experiment",
      description =
          "Deletes all its runs, which have ended, with their losses, models and checkpoints; it cannot be undone.")
  public Uni<Housekept> deleteExperiment(
      @PathParam("experiment") @Parameter(description = EXPERIMENT) String experiment,
      @Context UriInfo address) {
    return experiment(Deed.DELETE, experiment, address);
  }

  private Uni<Housekept> run(Deed deed, String run, UriInfo address) {
    AuditLog.Line line = audit.line(deed.verb() + " " + Check.name("run", run));
    Parameters.none(address);
    return told(housekeeping.run(deed, run, Requesters.of(callers)), line, "run", run);
  }

  private Uni<Housekept> experiment(Deed deed, String experiment, UriInfo address) {
    AuditLog.Line line =
        audit.line(deed.verb() + " experiment " + Check.name("experiment", experiment));
    Parameters.none(address);
    return told(
        housekeeping.experiment(deed, experiment, Requesters.of(callers)),
        line,
        "experiment",
        experiment);
  }

  /**
   * @param done how many runs were changed; null where none is known
   */
  private static Uni<Housekept> told(
      Uni<Integer> done, AuditLog.Line line, String kind, String name) {
    return done.onItem()
        .ifNull()
        .failWith(() -> new UnknownException("no " + kind + " " + Check.quote(name) + " is known"))
        .onItem()
        .invoke(runs -> line.end("done, " + runs + " runs changed"))
        .onFailure()
        .invoke(e -> line.end("refused, " + e.getMessage()))
        .map(Housekept::new);
  }
}
