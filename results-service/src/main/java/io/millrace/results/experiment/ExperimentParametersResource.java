package io.millrace.results.experiment;

import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.http.ErrorBody;
import io.millrace.results.http.Export;
import io.millrace.results.http.Parameters;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What differs between an experiment's runs. */
@Path("/experiments/{experiment}/parameters")
@Tag(name = "experiments")
@RolesAllowed(Roles.READER)
public class ExperimentParametersResource {
  private final ExperimentParameterQueries parameters;

  ExperimentParametersResource(ExperimentParameterQueries parameters) {
    this.parameters = parameters;
  }

  @GET
  @Produces({MediaType.APPLICATION_JSON, Export.CSV, Export.JSON_LINES})
  @Operation(
      operationId = "getParameters",
      summary = "What differs between an experiment's runs, and what it does to a metric",
      description =
          "Each field of the requests that differs, with its importance for the metric, and each"
              + " run with its values, trials of a search too. At most 100 fields and the newest"
              + " 2,000 runs.")
  @APIResponse(responseCode = "200", description = "What was asked for.")
  @APIResponse(
      responseCode = "400",
      description = "A parameter cannot be understood, or no run has the metric.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "404",
      description = "No such experiment is known.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<ExperimentParameters> parameters(
      @PathParam("experiment") @Parameter(description = "The experiment's name.") String experiment,
      @QueryParam("metric")
          @Parameter(
              description = "By which they are judged; by default as the experiment is.",
              example = "test_acc")
          String metric,
      @QueryParam("archived")
          @Parameter(
              description = "Whether archived runs count.",
              schema =
                  @Schema(
                      enumeration = {"false", "true", "only"},
                      defaultValue = "false"))
          String archived) {
    return parameters.parameters(
        new ExperimentParameterQueries.Question(
            Check.name("experiment", experiment),
            Parameters.name("metric", metric),
            Parameters.archived(archived)));
  }
}
