package io.millrace.results.evaluation;

import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.contracts.event.SampleAnswers;
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
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What runs' models said of the test samples. */
@Path("/runs/{run}/answers")
@Tag(name = "runs")
@RolesAllowed(Roles.READER)
public class RunAnswersResource {
  private final AnswerQueries answers;

  RunAnswersResource(AnswerQueries answers) {
    this.answers = answers;
  }

  @GET
  @Produces({MediaType.APPLICATION_JSON, Export.CSV, Export.JSON_LINES})
  @Operation(
      operationId = "getAnswers",
      summary = "What a run's model said of the test samples",
      description =
          "Of a classification: of each test sample its class, the answer, and the confidence in"
              + " it. Filters narrow the samples down together; next leads to the following page.")
  @APIResponse(responseCode = "200", description = "What was asked for.")
  @APIResponse(
      responseCode = "400",
      description = "A parameter cannot be understood or is out of its range.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "404",
      description = "No such run is known, it has not been evaluated, or its answers are not kept.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<RunAnswers> answers(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @QueryParam("class") @Parameter(description = "Only samples of this class.") String of,
      @QueryParam("answer") @Parameter(description = "Only samples that it took for this class.")
          String answer,
      @QueryParam("wrong")
          @Parameter(
              description = "Whether only samples that it got wrong.",
              schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
          String wrong,
      @QueryParam("from")
          @Parameter(
              description = "The index of the first sample.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "0",
                      maximum = "99999",
                      defaultValue = "0"))
          String from,
      @QueryParam("limit")
          @Parameter(
              description = "The most samples of the page; of a file by default all.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "100000",
                      defaultValue = "1000"))
          String limit,
      @Context HttpHeaders headers) {
    int page = Export.isAskedFor(headers) ? SampleAnswers.MAX_SAMPLES : 1_000;
    return answers.ofRun(
        Check.name("run", run),
        new AnswerQueries.Filter(
            of,
            answer,
            Parameters.flag("wrong", wrong),
            Parameters.integer("from", from, 0, 0, SampleAnswers.MAX_SAMPLES - 1),
            Parameters.integer("limit", limit, page, 1, SampleAnswers.MAX_SAMPLES)));
  }
}
