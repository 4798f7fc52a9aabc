package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/**
 * How weights are initialized, with Keras' names, parameters and defaults. A request has a name,
 * {@code "he_normal"}, or an object: {@code {"type": "RandomNormal", "stddev": 0.02}}. Seeds derive
 * from the request's seed.
 *
 * @param distribution the numbers' distribution
 * @param a the constant, the mean, the smallest value, or the gain
 * @param b the standard deviation, the largest value, or the scale
 * @param fan of {@link Distribution#scaled} distributions: the divisor of the variance
 * @see <a href="https://keras.io/api/layers/initializers/">Keras' initializers</a>
 */
public record Initializer(Distribution distribution, double a, double b, Fan fan) {
  private static final double MAX = 1e6;
  private static final String NAMES =
      "zeros, ones, glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_uniform,"
          + " lecun_normal, random_normal, random_uniform, truncated_normal, orthogonal, identity,"
          + " constant, variance_scaling";

  /** All 0. */
  public static final Initializer ZEROS = constant(0);

  /** All 1. */
  public static final Initializer ONES = constant(1);

  /** {@code U(-l, l)} with {@code l = sqrt(6 / (fan in + fan out))}, Glorot and Bengio 2010. */
  public static final Initializer GLOROT_UNIFORM =
      new Initializer(Distribution.SCALED_UNIFORM, 0, 1, Fan.AVG);

  /** {@code U(-0.05, 0.05)}. */
  public static final Initializer RANDOM_UNIFORM =
      new Initializer(Distribution.UNIFORM, -0.05, 0.05, Fan.NONE);

  /** Orthonormal rows or columns, Saxe et al. 2014. */
  public static final Initializer ORTHOGONAL =
      new Initializer(Distribution.ORTHOGONAL, 1, 0, Fan.NONE);

  /** Distributions of the initial values. */
  public enum Distribution {
    /** {@code a}. */
    CONSTANT,
    /** {@code N(a, b²)}. */
    NORMAL,
    /** {@code N(a, b²)}, numbers beyond two standard deviations drawn again. */
    TRUNCATED_NORMAL,
    /** {@code U(a, b)}. */
    UNIFORM,
    /** {@code N(0, b / fan)}. */
    SCALED_NORMAL,
    /** {@code N(0, b / fan)} after numbers beyond two standard deviations are drawn again. */
    SCALED_TRUNCATED_NORMAL,
    /** {@code U(-l, l)} with {@code l = sqrt(3 b / fan)}. */
    SCALED_UNIFORM,
    /** Orthonormal rows or columns, times {@code a}. */
    ORTHOGONAL,
    /** {@code a} on the diagonal of a matrix. */
    IDENTITY
  }

  /** Divisor of a variance. */
  public enum Fan {
    /** No divisor. */
    NONE,
    /** The inputs of a unit. */
    IN,
    /** The outputs of a unit. */
    OUT,
    /** Their mean. */
    AVG
  }

  /** All of one value. */
  public static Initializer constant(double value) {
    return new Initializer(Distribution.CONSTANT, value, 0, Fan.NONE);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Initializer parse(JsonNode node) {
    NamedObject object = NamedObject.of(node, "an initializer");
    Initializer result =
        switch (object.key()) {
          case "zeros", "zero" -> ZEROS;
          case "ones", "one" -> ONES;
          case "constant" -> constant(object.number("value", 0, -MAX, MAX));
          case "glorotuniform" -> GLOROT_UNIFORM;
          case "glorotnormal" -> scaled(1, Fan.AVG, "truncated_normal");
          case "heuniform" -> scaled(2, Fan.IN, "uniform");
          case "henormal" -> scaled(2, Fan.IN, "truncated_normal");
          case "lecununiform" -> scaled(1, Fan.IN, "uniform");
          case "lecunnormal" -> scaled(1, Fan.IN, "truncated_normal");
          case "randomnormal" -> normal(Distribution.NORMAL, object);
          case "truncatednormal" -> normal(Distribution.TRUNCATED_NORMAL, object);
          case "randomuniform" -> uniform(object);
          case "orthogonal", "orthogonalinitializer" ->
              new Initializer(
                  Distribution.ORTHOGONAL, object.number("gain", 1, -MAX, MAX), 0, Fan.NONE);
          case "identity", "identityinitializer" ->
              new Initializer(
                  Distribution.IDENTITY, object.number("gain", 1, -MAX, MAX), 0, Fan.NONE);
          case "variancescaling" -> varianceScaling(object);
          default -> throw object.unknown(NAMES);
        };
    object.finish();
    return result;
  }

  private static Initializer normal(Distribution distribution, NamedObject object) {
    return new Initializer(
        distribution,
        object.number("mean", 0, -MAX, MAX),
        object.number("stddev", 0.05, 0, MAX),
        Fan.NONE);
  }

  private static Initializer uniform(NamedObject object) {
    double least = object.number("minval", -0.05, -MAX, MAX);
    double most = object.number("maxval", 0.05, -MAX, MAX);
    if (least > most) {
      throw new InvalidMessageException("maxval", most + " is less than minval, " + least);
    }
    return new Initializer(Distribution.UNIFORM, least, most, Fan.NONE);
  }

  private static Initializer varianceScaling(NamedObject object) {
    double scale = object.number("scale", 1, Double.MIN_VALUE, MAX);
    String mode = object.word("mode", "fan_in", List.of("fan_in", "fan_out", "fan_avg"));
    String distribution =
        object.word(
            "distribution",
            "truncated_normal",
            List.of("truncated_normal", "untruncated_normal", "uniform"));
    return scaled(
        scale, Fan.valueOf(mode.substring(4).toUpperCase(java.util.Locale.ROOT)), distribution);
  }

  private static Initializer scaled(double scale, Fan fan, String distribution) {
    return new Initializer(
        switch (distribution) {
          case "uniform" -> Distribution.SCALED_UNIFORM;
          case "truncated_normal" -> Distribution.SCALED_TRUNCATED_NORMAL;
          default -> Distribution.SCALED_NORMAL;
        },
        0,
        scale,
        fan);
  }

  @JsonValue
  JsonNode json() {
    return switch (distribution) {
      case CONSTANT -> NamedObject.json("Constant", "value", a);
      case NORMAL -> NamedObject.json("RandomNormal", "mean", a, "stddev", b);
      case TRUNCATED_NORMAL -> NamedObject.json("TruncatedNormal", "mean", a, "stddev", b);
      case UNIFORM -> NamedObject.json("RandomUniform", "minval", a, "maxval", b);
      case SCALED_NORMAL -> scalingJson("untruncated_normal");
      case SCALED_TRUNCATED_NORMAL -> scalingJson("truncated_normal");
      case SCALED_UNIFORM -> scalingJson("uniform");
      case ORTHOGONAL -> NamedObject.json("Orthogonal", "gain", a);
      case IDENTITY -> NamedObject.json("Identity", "gain", a);
    };
  }

  private JsonNode scalingJson(String distribution) {
    String mode = "fan_" + fan.name().toLowerCase(java.util.Locale.ROOT);
    return NamedObject.json(
        "VarianceScaling", "scale", b, "mode", mode, "distribution", distribution);
  }
}
