package io.millrace.results.curve;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.results.http.Parameters;
import io.millrace.results.sampling.Excerpt;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/** The query parameters for the range, down-sampling and smoothing of a curve. */
public class ExcerptParameters {
  static final int DEFAULT_POINTS = 500;
  private static final double MAX_SMOOTH = 0.999;
  private static final int MAX_POINTS = 10_000;

  @QueryParam("points")
  @Parameter(
      description =
          "Maximum number of points, selected by Largest-Triangle-Three-Buckets; the smallest and"
              + " the largest value are always included.",
      schema = @Schema(type = SchemaType.INTEGER, minimum = "3", maximum = "10000"))
  public String points;

  @QueryParam("smooth")
  @Parameter(
      description =
          "The weight of an exponential moving average with the bias correction of TensorBoard,"
              + " applied before down-sampling.",
      schema = @Schema(type = SchemaType.NUMBER, minimum = "0", maximum = "0.999"))
  public String smooth;

  @QueryParam("from")
  @Parameter(
      description = "The start of the x range.",
      schema = @Schema(type = SchemaType.NUMBER, minimum = "0", defaultValue = "0"))
  String from;

  @QueryParam("to")
  @Parameter(
      description = "The end of the x range, not included; by default all values.",
      schema = @Schema(type = SchemaType.NUMBER, minimum = "0"))
  String to;

  /** Whether down-sampling is requested. */
  public boolean isGiven() {
    return points != null;
  }

  public int points() {
    return Parameters.integer("points", points, DEFAULT_POINTS, 3, MAX_POINTS);
  }

  public Double weight() {
    return Parameters.real("smooth", smooth, 0, MAX_SMOOTH);
  }

  public Excerpt excerpt() {
    double first = orElse(Parameters.real("from", from, 0, Long.MAX_VALUE), 0);
    double end = orElse(Parameters.real("to", to, 0, Long.MAX_VALUE), Long.MAX_VALUE);
    if (end <= first) {
      throw new InvalidMessageException("to", "is not greater than from; give a larger value");
    }
    return new Excerpt(points(), weight(), first, end);
  }

  /** The first step of rows, which cannot be smoothed. */
  public long firstStep() {
    if (smooth != null) {
      throw new InvalidMessageException("smooth", "needs points; give points as well");
    }
    return Parameters.number("from", from, 0, 0, Long.MAX_VALUE);
  }

  /** The end of the steps of rows, not included. */
  public long endStep() {
    return Parameters.number("to", to, Long.MAX_VALUE, firstStep() + 1, Long.MAX_VALUE);
  }

  private static double orElse(Double value, double defaultValue) {
    return value == null ? defaultValue : value;
  }
}
