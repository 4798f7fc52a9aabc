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

/** Serves the request fields that differ between an experiment's runs. */
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
      summary =
          "Request fields that differ between an experiment's runs, and their effect on a metric",
      description =
          "Each request field that differs, with its importance for the metric, and each run with"
              + " its values, including trials of a search. At most 100 fields and the newest 2,000"
              + " runs.")
  @APIResponse(responseCode = "200", description = "The requested data.")
  @APIResponse(
      responseCode = "400",
      description = "A parameter is invalid, or no run has the metric.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "404",
      description = "The experiment does not exist.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<ExperimentParameters> parameters(
      @PathParam("experiment") @Parameter(description = "The experiment's name.") String experiment,
      @QueryParam("metric")
          @Parameter(
              description = "The metric; by default that of the experiment.",
              example = "test_acc")
          String metric,
      @QueryParam("archived")
          @Parameter(
              description =
                  "Archived runs: ignored (false), included (true) or the only ones (only).",
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
