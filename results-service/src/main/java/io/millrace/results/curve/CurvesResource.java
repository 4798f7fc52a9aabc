package io.millrace.results.curve;

import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.results.http.ErrorBody;
import io.millrace.results.http.Export;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Serves curves of several runs in one answer. */
@Path("/curves")
@Produces({MediaType.APPLICATION_JSON, Export.CSV, Export.JSON_LINES})
@Tag(name = "runs")
@APIResponse(responseCode = "200", description = "The requested data.")
@APIResponse(
    responseCode = "404",
    description = "One of the runs does not exist.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@RolesAllowed(Roles.READER)
public class CurvesResource {
  private static final int MAX_RUNS = 100;
  private static final int MAX_VALUES = 200_000;

  private final RunCurves curves;

  CurvesResource(RunCurves curves) {
    this.curves = curves;
  }

  @GET
  @Operation(
      operationId = "getCurves",
      summary = "Curves of one metric for several runs",
      description = "Down-sampled, in columns, in the order of the runs in the query.")
  public Uni<Curves> curves(
      @QueryParam("run")
          @Parameter(
              description = "A run's id. Repeat it for each run, at most 100.",
              required = true)
          List<String> run,
      @BeanParam CurveParameters curve,
      @BeanParam ExcerptParameters shown) {
    Check.size("run", run, 1, MAX_RUNS);
    run.forEach(name -> Check.name("run", name));
    if ((long) run.size() * shown.points() > MAX_VALUES) {
      throw new InvalidMessageException(
          "points",
          "are too many for " + run.size() + " curves; give at most " + MAX_VALUES / run.size());
    }
    return curves.curves(
        run.stream().distinct().toList(), curve.metric(), curve.x(), shown.excerpt());
  }
}
