package io.millrace.results.log;

import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.http.ErrorBody;
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

/** Serves the logs of runs. */
@Path("/runs/{run}/log")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "runs")
@RolesAllowed(Roles.READER)
public class LogResource {
  private final LogQueries log;

  LogResource(LogQueries log) {
    this.log = log;
  }

  @GET
  @Operation(
      operationId = "getLog",
      summary = "The log of a run, in order",
      description = "All events of the run except its steps, which GET /runs/{run}/losses has.")
  @APIResponse(responseCode = "200", description = "The requested data.")
  @APIResponse(
      responseCode = "404",
      description = "The run does not exist.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<LogPage> log(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @QueryParam("limit")
          @Parameter(
              description = "Maximum number of entries on the page.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "1000",
                      defaultValue = "100"))
          String limit,
      @QueryParam("cursor") @Parameter(description = "The next value of the previous page.")
          String cursor) {
    return log.page(
        Check.name("run", run),
        Parameters.number("cursor", cursor, 0, 0, Long.MAX_VALUE),
        Parameters.integer("limit", limit, 100, 1, 1_000));
  }
}
