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

/** Serves experiments: lists, comparisons of variants, and their curves. */
@Path("/experiments")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "experiments", description = "Experiments and the comparison of their variants.")
@APIResponse(responseCode = "200", description = "The requested data.")
@RolesAllowed(Roles.READER)
public class ExperimentsResource {
  private final ExperimentListQueries list;
  private final ExperimentQueries experiments;
  private final ExperimentCurveQueries curves;

  ExperimentsResource(
      ExperimentListQueries list, ExperimentQueries experiments, ExperimentCurveQueries curves) {
    this.list = list;
    this.experiments = experiments;
    this.curves = curves;
  }

  @GET
  @Operation(
      operationId = "listExperiments",
      summary = "Experiments, newest first",
      description = "Each with its numbers of runs and its answer. next gives the following page.")
  public Uni<ExperimentPage> list(
      @QueryParam("limit")
          @Parameter(
              description = "Maximum number of experiments on the page.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "500",
                      defaultValue = "100"))
          String limit,
      @QueryParam("cursor") @Parameter(description = "The next value of the previous page.")
          String cursor,
      @QueryParam("archived")
          @Parameter(
              description =
                  "Archived runs: ignored (false), included (true) or the only ones (only). An"
                      + " experiment without any other runs is not listed.",
              schema =
                  @Schema(
                      enumeration = {"false", "true", "only"},
                      defaultValue = "false"))
          String archived) {
    return list.list(
        Parameters.integer("limit", limit, 100, 1, 500), cursor, Parameters.archived(archived));
  }

  @GET
  @Path("/{experiment}")
  @Produces({MediaType.APPLICATION_JSON, Export.CSV, Export.JSON_LINES})
  @Operation(
      operationId = "compareVariants",
      summary = "A comparison of an experiment's variants",
      description =
          "For every number of a variant: mean, confidence interval of the mean, standard"
              + " deviation, minimum and maximum over the completed replicates. Also the naive"
              + " baseline, and the comparison of each variant with the baseline.")
  @APIResponse(
      responseCode = "404",
      description = "The experiment does not exist.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<ExperimentView> compare(
      @PathParam("experiment") @Parameter(description = "The experiment's name.") String experiment,
      @QueryParam("baseline")
          @Parameter(
              description =
                  "The variant that the others are compared with; by default the variant named"
                      + " none, baseline or plain, or otherwise the oldest one.")
          String baseline,
      @QueryParam("metric")
          @Parameter(
              description =
                  "The metric to compare by: any that runs can be sorted by. By default the first"
                      + " metric of the request, or otherwise the loss, on the test part.",
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
      summary = "Curves of an experiment's variants",
      description =
          "For each variant, the mean of the runs that have reached x, one standard deviation"
              + " around it, the minimum and the maximum. Losses by step are means of equally many"
              + " steps; by time, values are interpolated between the ends of epochs.")
  @APIResponse(
      responseCode = "404",
      description = "The experiment does not exist.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<ExperimentCurves> curves(
      @PathParam("experiment") @Parameter(description = "The experiment's name.") String experiment,
      @BeanParam CurveParameters curve,
      @BeanParam ExcerptParameters shown,
      @QueryParam("variant") @Parameter(description = "Only this variant.") String variant,
      @QueryParam("archived")
          @Parameter(
              description =
                  "Archived runs: ignored (false), included (true) or the only ones (only).",
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
