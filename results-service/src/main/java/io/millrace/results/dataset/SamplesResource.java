package io.millrace.results.dataset;

import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.http.ErrorBody;
import io.millrace.results.http.Parameters;
import io.millrace.results.run.RunQueries;
import io.millrace.results.run.RunView;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * Serves images of a run's samples and their augmented versions, which the augmentation service
 * draws.
 */
@Path("/runs/{run}/samples")
@Tag(name = "runs")
@RolesAllowed(Roles.READER)
public class SamplesResource {
  private final RunQueries runs;
  private final AugmentationService augmentation;

  SamplesResource(RunQueries runs, AugmentationService augmentation) {
    this.runs = runs;
    this.augmentation = augmentation;
  }

  @GET
  @Produces({"image/png", MediaType.APPLICATION_JSON})
  @Operation(
      operationId = "getSamples",
      summary = "An image of training samples of a run and their augmented versions",
      description = "One row per sample: the original on the left, then one version per epoch.")
  @APIResponse(responseCode = "200", description = "A PNG file.")
  @APIResponse(
      responseCode = "404",
      description = "The run does not exist.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "502",
      description = "The augmentation service does not answer or has no samples of this run.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Response> samples(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @QueryParam("samples")
          @Parameter(
              description = "Number of samples.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "8",
                      defaultValue = "3"))
          String samples,
      @QueryParam("variants")
          @Parameter(
              description = "Number of versions of each sample.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "16",
                      defaultValue = "8"))
          String variants) {
    int rows = Parameters.integer("samples", samples, 3, 1, 8);
    int columns = Parameters.integer("variants", variants, 8, 1, 16);
    return runs.run(Check.name("run", run)).chain(view -> draw(view, rows, columns));
  }

  private Uni<Response> draw(RunView run, int samples, int variants) {
    if (run.request() == null) {
      throw new WebApplicationException("the request of the run is unknown", 502);
    }
    Map<String, Object> body = new LinkedHashMap<>();
    for (String part : new String[] {"dataset", "augmentation", "seed"}) {
      body.put(part, run.request().get(part));
    }
    body.put("samples", samples);
    body.put("variants", variants);
    return augmentation.ask("/preview", body).map(augmentation::sheet);
  }
}
