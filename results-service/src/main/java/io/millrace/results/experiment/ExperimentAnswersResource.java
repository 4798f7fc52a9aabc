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
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Serves comparisons of two variants by test sample. */
@Path("/experiments/{experiment}/answers")
@Tag(name = "experiments")
@RolesAllowed(Roles.READER)
public class ExperimentAnswersResource {
  private final ExperimentAnswerQueries answers;

  ExperimentAnswersResource(ExperimentAnswerQueries answers) {
    this.answers = answers;
  }

  @GET
  @Produces({MediaType.APPLICATION_JSON, Export.CSV, Export.JSON_LINES})
  @Operation(
      operationId = "compareAnswers",
      summary = "A comparison of two variants by test sample",
      description =
          "The test samples that variant b gets right and a gets wrong, and the reverse, by class,"
              + " over the completed runs of both. Only runs with the same data and split are"
              + " compared; left_out lists the others with the reason.")
  @APIResponse(responseCode = "200", description = "The requested data.")
  @APIResponse(
      responseCode = "400",
      description =
          "A parameter is invalid or out of range, or no runs of the two variants were tested on"
              + " the same samples.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "404",
      description =
          "The experiment does not exist, or a variant has no run with stored predictions.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<ExperimentAnswers> compare(
      @PathParam("experiment") @Parameter(description = "The experiment's name.") String experiment,
      @QueryParam("a") @Parameter(required = true, description = "The first variant.") String a,
      @QueryParam("b") @Parameter(required = true, description = "The second variant.") String b,
      @QueryParam("class") @Parameter(description = "Only samples of this class.") String of,
      @QueryParam("limit")
          @Parameter(
              description = "Maximum number of samples in each list.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "10000",
                      defaultValue = "100"))
          String limit,
      @QueryParam("archived")
          @Parameter(
              description =
                  "Archived runs: ignored (false), included (true) or the only ones (only).",
              schema =
                  @Schema(
                      enumeration = {"false", "true", "only"},
                      defaultValue = "false"))
          String archived) {
    return answers.compare(
        new ExperimentAnswerQueries.Question(
            Check.name("experiment", experiment),
            Check.name("a", a),
            Check.name("b", b),
            of,
            Parameters.integer("limit", limit, 100, 1, 10_000),
            Parameters.archived(archived)));
  }
}
