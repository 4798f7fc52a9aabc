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

/** Serves the predictions of runs for the test samples. */
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
      summary = "A run's predictions for the test samples",
      description =
          "For classification: the true class, the predicted class and the confidence of each test"
              + " sample. Filters are combined with AND. next gives the following page.")
  @APIResponse(responseCode = "200", description = "The requested data.")
  @APIResponse(
      responseCode = "404",
      description = "The run does not exist, has no evaluation, or its predictions are not stored.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<RunAnswers> answers(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @QueryParam("class") @Parameter(description = "Only samples of this class.") String of,
      @QueryParam("answer") @Parameter(description = "Only samples predicted as this class.")
          String answer,
      @QueryParam("wrong")
          @Parameter(
              description = "Whether to return only wrong predictions.",
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
              description = "Maximum number of samples on the page; a file has all by default.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "100000",
                      defaultValue = "1000"))
          String limit,
      @Context HttpHeaders headers) {
    int page = Export.isRequested(headers) ? SampleAnswers.MAX_SAMPLES : 1_000;
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
