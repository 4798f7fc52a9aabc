package io.millrace.results.api;

import io.millrace.contracts.Check;
import io.millrace.results.query.Axis;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/** What is drawn along what. */
class CurveParameters {
  private static final String DEFAULT_METRIC = "val_loss";

  @QueryParam("metric")
  @Parameter(
      description = "Of epochs, by Keras' names; with x=step, loss is that of the steps.",
      schema = @Schema(defaultValue = DEFAULT_METRIC))
  String metric;

  @QueryParam("x")
  @Parameter(
      description = "Along which: epoch, step, or time, in seconds since the run's first start.",
      schema =
          @Schema(
              enumeration = {"epoch", "step", "time"},
              defaultValue = "epoch"))
  String x;

  String metric() {
    return metric == null ? DEFAULT_METRIC : Check.name("metric", metric);
  }

  Axis x() {
    Axis axis = Parameters.oneOf("x", x, Axis.class);
    return axis == null ? Axis.EPOCH : axis;
  }
}
