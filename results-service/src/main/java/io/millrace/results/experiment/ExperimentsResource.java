package io.millrace.results.experiment;

import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.curve.CurveParameters;
import io.millrace.results.curve.ExcerptParameters;
import io.millrace.results.http.ErrorBody;
import io.millrace.results.http.Export;
import io.millrace.results.http.Parameters;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.BeanParam;
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
@RolesAllowed(Roles.READER)
public class ExperimentsResource {
  private final ExperimentQueries experiments;
  private final ExperimentCurveQueries curves;

  ExperimentsResource(ExperimentQueries experiments, ExperimentCurveQueries curves) {
    this.experiments = experiments;
    this.curves = curves;
  }

  @GET
  @Operation(
      operationId = "listExperiments",
      summary = "Experiments, newest first",
      description =
          "Each with its numbers of runs and its answer; next leads to the following page.")
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
          String cursor,
      @QueryParam("archived")
          @Parameter(
              description =
                  "Archived runs do not count (false), count too (true), or alone (only); an"
                      + " experiment without a run that counts is not listed.",
              schema =
                  @Schema(
                      enumeration = {"false", "true", "only"},
                      defaultValue = "false"))
          String archived) {
    return experiments.list(
        Parameters.integer("limit", limit, 100, 1, 500), cursor, Parameters.archived(archived));
  }

  @GET
  @Path("/{experiment}")
  @Produces({MediaType.APPLICATION_JSON, Export.CSV, Export.JSON_LINES})
  @Operation(
      operationId = "compareVariants",
      summary = "An experiment's variants side by side",
      description =
          "Did the trick help? For every number of a variant the mean, its confidence interval, the"
              + " standard deviation, the least and the largest over its completed replicates, with"
              + " the naive answer's beside them, and each variant against the baseline.")
  @APIResponse(
      responseCode = "404",
      description = "No such experiment is known.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<ExperimentView> compare(
      @PathParam("experiment") @Parameter(description = "The experiment's name.") String experiment,
      @QueryParam("baseline")
          @Parameter(
              description =
                  "The variant against which the others are judged; by default none, baseline or"
                      + " plain, or else the one that came first.")
          String baseline,
      @QueryParam("metric")
          @Parameter(
              description =
                  "By which they are judged: any by which runs can be sorted; by default, on the"
                      + " test part, the first metric of the request, or else the loss.",
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
    return experiments.compare(
        Check.name("experiment", experiment),
        Parameters.name("baseline", baseline),
        Parameters.name("metric", metric),
        Parameters.archived(archived));
  }

  @GET
  @Path("/{experiment}/curves")
  @Produces({MediaType.APPLICATION_JSON, Export.CSV, Export.JSON_LINES})
  @Operation(
      operationId = "compareCurves",
      summary = "An experiment's variants over one another",
      description =
          "Of each variant the mean of its runs as far as they have come, a standard deviation"
              + " around it, the least and the largest. Losses by step are means of equally many"
              + " steps; by time, straight lines between the ends of epochs.")
  @APIResponse(
      responseCode = "404",
      description = "No such experiment is known.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<ExperimentCurves> curves(
      @PathParam("experiment") @Parameter(description = "The experiment's name.") String experiment,
      @BeanParam CurveParameters curve,
      @BeanParam ExcerptParameters shown,
      @QueryParam("variant") @Parameter(description = "Only of this variant.") String variant,
      @QueryParam("archived")
          @Parameter(
              description = "Whether archived runs count.",
              schema =
                  @Schema(
                      enumeration = {"false", "true", "only"},
                      defaultValue = "false"))
          String archived) {
    return curves.curves(
        new ExperimentCurveQueries.Question(
            Check.name("experiment", experiment),
            curve.metric(),
            curve.x(),
            Parameters.name("variant", variant),
            shown.excerpt(),
            Parameters.archived(archived)));
  }
}
