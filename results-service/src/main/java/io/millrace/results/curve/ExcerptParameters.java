package io.millrace.results.curve;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.results.http.Parameters;
import io.millrace.results.sampling.Excerpt;
import jakarta.ws.rs.QueryParam;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;

/** Which part of a curve is shown, and how. */
public class ExcerptParameters {
  static final int DEFAULT_POINTS = 500;
  private static final double MAX_SMOOTH = 0.999;
  private static final int MAX_POINTS = 10_000;

  @QueryParam("points")
  @Parameter(
      description =
          "The most points, by Largest-Triangle-Three-Buckets; the smallest and the largest value"
              + " are always among them.",
      schema = @Schema(type = SchemaType.INTEGER, minimum = "3", maximum = "10000"))
  public String points;

  @QueryParam("smooth")
  @Parameter(
      description =
          "The weight of an exponential moving average with TensorBoard's correction of its bias,"
              + " over all values before any is left out.",
      schema = @Schema(type = SchemaType.NUMBER, minimum = "0", maximum = "0.999"))
  public String smooth;

  @QueryParam("from")
  @Parameter(
      description = "The first x.",
      schema = @Schema(type = SchemaType.NUMBER, minimum = "0", defaultValue = "0"))
  String from;

  @QueryParam("to")
  @Parameter(
      description = "The x up to which, not included; by default the end.",
      schema = @Schema(type = SchemaType.NUMBER, minimum = "0"))
  String to;

  /** Whether the curve is to be down-sampled. */
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
      throw new InvalidMessageException("to", "is not beyond from; give a larger one");
    }
    return new Excerpt(points(), weight(), first, end);
  }

  /** Of rows, which are not smoothed. */
  public long firstStep() {
    if (smooth != null) {
      throw new InvalidMessageException("smooth", "is of columns; give points too");
    }
    return Parameters.number("from", from, 0, 0, Long.MAX_VALUE);
  }

  /** Of rows, not included. */
  public long endStep() {
    return Parameters.number("to", to, Long.MAX_VALUE, firstStep() + 1, Long.MAX_VALUE);
  }

  private static double orElse(Double value, double defaultValue) {
    return value == null ? defaultValue : value;
  }
}
