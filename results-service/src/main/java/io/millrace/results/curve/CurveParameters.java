package io.millrace.results.curve;

import io.millrace.contracts.Check;
import io.millrace.results.http.Parameters;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/** The query parameters for the metric and the x axis of curves. */
public class CurveParameters {
  private static final String DEFAULT_METRIC = "val_loss";

  @QueryParam("metric")
  @Parameter(
      description =
          "The Keras name of an epoch metric; with x=step, loss is the loss of each step.",
      schema = @Schema(defaultValue = DEFAULT_METRIC))
  String metric;

  @QueryParam("x")
  @Parameter(
      description = "The x axis: epoch, step, or time in seconds since the run's first start.",
      schema =
          @Schema(
              enumeration = {"epoch", "step", "time"},
              defaultValue = "epoch"))
  String x;

  public String metric() {
    return metric == null ? DEFAULT_METRIC : Check.name("metric", metric);
  }

  public CurveAxis x() {
    CurveAxis axis = Parameters.oneOf("x", x, CurveAxis.class);
    return axis == null ? CurveAxis.EPOCH : axis;
  }
}
