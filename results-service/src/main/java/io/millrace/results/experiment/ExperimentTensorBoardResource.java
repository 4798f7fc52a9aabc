package io.millrace.results.experiment;

import io.millrace.access.Roles;
import io.millrace.contracts.Check;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestMulti;

/** Exports an experiment to TensorBoard. */
@Path("/experiments/{experiment}/tensorboard")
@Tag(name = "experiments")
@RolesAllowed(Roles.READER)
public class ExperimentTensorBoardResource {
  private static final String ZIP = "application/zip";
  private static final int MAX_POINTS = 10_000;

  /** The number of scalars per tag that TensorBoard shows by default. */
  private static final int DEFAULT_POINTS = 1_000;

  private final ScalarQueries scalars;

  ExperimentTensorBoardResource(ScalarQueries scalars) {
    this.scalars = scalars;
  }

  @GET
  @Produces(ZIP)
  @Operation(
      operationId = "getEventFiles",
      summary = "An experiment's runs as event files for TensorBoard",
      description =
          "A zip archive with a folder for each run in a folder for its variant. Unpack it and give"
              + " the folder to tensorboard --logdir. It has the newest 200 runs that have"
              + " started.")
  @APIResponse(
      responseCode = "200",
      description = "The archive.",
      headers =
          @Header(
              name = Continuation.TRUNCATED,
              description = "true if the experiment has more than 200 runs that have started.",
              schema = @Schema(type = SchemaType.BOOLEAN)),
      content =
          @Content(mediaType = ZIP, schema = @Schema(type = SchemaType.STRING, format = "binary")))
  @APIResponse(
      responseCode = "404",
      description = "The experiment does not exist, or none of its runs has started.")
  public Multi<byte[]> experiment(
      @PathParam("experiment") @Parameter(description = "The experiment's name.") String experiment,
      @QueryParam("points")
          @Parameter(
              description = "Maximum number of steps of each run, selected as for a curve.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "3",
                      maximum = "10000",
                      defaultValue = "1000"))
          String points,
      @QueryParam("archived")
          @Parameter(
              description =
                  "Archived runs: ignored (false), included (true) or the only ones (only).",
              schema =
                  @Schema(
                      enumeration = {"false", "true", "only"},
                      defaultValue = "false"))
          String archived) {
    String name = Check.name("experiment", experiment);
    return RestMulti.fromUniResponse(
        scalars.ofExperiment(
            name,
            Parameters.integer("points", points, DEFAULT_POINTS, 3, MAX_POINTS),
            Parameters.archived(archived)),
        ScalarQueries.Archive::pieces,
        found -> Download.headers(name + "-tensorboard.zip", found.truncated()));
  }
}
