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
 * What a run's augmentation does to its images, as the augmentation service draws it: the pages ask
 * nobody but this service.
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
      summary = "Samples of a run's training part with their augmented versions, as an image",
      description =
          "A row for each sample, the original at the left, then an epoch after the other.")
  @APIResponse(responseCode = "200", description = "A PNG file.")
  @APIResponse(
      responseCode = "404",
      description = "No such run is known.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "502",
      description = "The augmentation service does not answer, or has no samples of this run.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Response> samples(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @QueryParam("samples")
          @Parameter(
              description = "How many samples.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "8",
                      defaultValue = "3"))
          String samples,
      @QueryParam("variants")
          @Parameter(
              description = "How many versions of each.",
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
      throw new WebApplicationException("the run's request is not known", 502);
    }
    Map<String, Object> wanted = new LinkedHashMap<>();
    for (String part : new String[] {"dataset", "augmentation", "seed"}) {
      wanted.put(part, run.request().get(part));
    }
    wanted.put("samples", samples);
    wanted.put("variants", variants);
    return augmentation.ask("/preview", wanted).map(augmentation::sheet);
  }
}
