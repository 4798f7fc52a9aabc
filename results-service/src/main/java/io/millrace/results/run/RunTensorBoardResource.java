package io.millrace.results.run;

import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.results.curve.ScalarQueries;
import io.millrace.results.http.Continuation;
import io.millrace.results.http.Download;
import io.millrace.results.http.Parameters;
import io.smallrye.mutiny.Multi;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestMulti;

/** Exports a run to TensorBoard. */
@Path("/runs/{run}/tensorboard")
@Tag(name = "runs")
@RolesAllowed(Roles.READER)
public class RunTensorBoardResource {
  private static final String ALL = "all";
  private static final int MAX_POINTS = 10_000;

  private final ScalarQueries scalars;

  RunTensorBoardResource(ScalarQueries scalars) {
    this.scalars = scalars;
  }

  @GET
  @Produces(MediaType.APPLICATION_OCTET_STREAM)
  @Operation(
      operationId = "getEventFile",
      summary = "A run as an event file for TensorBoard",
      description =
          "Scalars step_loss by step, and epoch_loss, epoch_val_loss and so on by epoch, with wall"
              + " times. The wall times of steps are interpolated between the ends of epochs.")
  @APIResponse(
      responseCode = "200",
      description = "The event file; Content-Disposition has its name.",
      headers =
          @Header(
              name = Continuation.TRUNCATED,
              description = "true if the run has more steps than points=all allows.",
              schema = @Schema(type = SchemaType.BOOLEAN)),
      content =
          @Content(
              mediaType = MediaType.APPLICATION_OCTET_STREAM,
              schema = @Schema(type = SchemaType.STRING, format = "binary")))
  @APIResponse(responseCode = "404", description = "The run does not exist.")
  public Multi<byte[]> run(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @QueryParam("points")
          @Parameter(
              description =
                  "Maximum number of steps, 3 to 10,000, selected as for a curve; or all: every"
                      + " step, up to 2,000,000.",
              schema =
                  @Schema(
                      type = SchemaType.STRING,
                      pattern = "^(all|[0-9]+)$",
                      defaultValue = "10000"))
          String points) {
    return RestMulti.fromUniResponse(
        scalars.ofRun(Check.name("run", run), pointsOrAll(points)),
        found -> Multi.createFrom().iterable(found::pieces),
        found -> Download.headers(found.fileName(), found.truncated()));
  }

  private static int pointsOrAll(String points) {
    if (ALL.equals(points)) {
      return ScalarQueries.ALL_POINTS;
    }
    try {
      return Parameters.integer("points", points, MAX_POINTS, 3, MAX_POINTS);
    } catch (InvalidMessageException e) {
      throw new InvalidMessageException("points", e.reason() + ", or all");
    }
  }
}
