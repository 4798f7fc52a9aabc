package io.millrace.results.api;

import io.millrace.contracts.Check;
import io.millrace.results.query.ExperimentPage;
import io.millrace.results.query.ExperimentQueries;
import io.millrace.results.query.ExperimentView;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Experiments. */
@Path("/experiments")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "experiments", description = "What was tried, side by side.")
@APIResponse(responseCode = "200", description = "What was asked for.")
@APIResponse(
    responseCode = "400",
    description = "A parameter cannot be understood or is out of its range.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
public class ExperimentsResource {
  private final ExperimentQueries experiments;

  ExperimentsResource(ExperimentQueries experiments) {
    this.experiments = experiments;
  }

  @GET
  @Operation(operationId = "listExperiments", summary = "Experiments, newest first")
  public Uni<ExperimentPage> list(
      @QueryParam("limit")
          @Parameter(
              description = "The most experiments of the page.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "500",
                      defaultValue = "100"))
          String limit,
      @QueryParam("cursor") @Parameter(description = "The value of next of the page before.")
          String cursor) {
    return experiments.list(Parameters.integer("limit", limit, 100, 1, 500), cursor);
  }

  @GET
  @Path("/{experiment}")
  @Operation(
      operationId = "compareVariants",
      summary = "An experiment's variants side by side",
      description =
          "For every number of a variant the mean, the standard deviation, the least and the"
              + " largest over its completed replicates, with the naive answer's beside them.")
  @APIResponse(
      responseCode = "404",
      description = "No such experiment is known.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<ExperimentView> compare(
      @PathParam("experiment") @Parameter(description = "The experiment's name.")
          String experiment) {
    return experiments.compare(Check.name("experiment", experiment));
  }
}
