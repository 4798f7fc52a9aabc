package io.millrace.trainer.dl4j.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Initializer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares initial values with the distributions that Keras documents for each initializer. */
class InitialValuesTest {
  /** The standard deviation of N(0, 1) truncated at two standard deviations. */
  private static final double TRUNCATED = 0.8796;

  private static final int[] DENSE = {200, 120};
  private static final int[] RECURRENT = {80, 320};

  /** A unit has 3·3·20 inputs and 3·3·120 outputs. */
  private static final int[] CONVOLUTION = {3, 3, 20, 120};

  /** A unit has 3·20 inputs and 3·400 outputs. */
  private static final int[] CONVOLUTION_1D = {3, 20, 400};

  /** A unit has 5·5·30 inputs and 5·5·32 outputs, as Keras counts them. */
  private static final int[] DEPTHWISE = {5, 5, 30, 32};

  static Stream<Arguments> uniform() {
    return Stream.of(
        arguments("'glorot_uniform'", DENSE, Math.sqrt(6.0 / 320)),
        arguments("'glorot_uniform'", RECURRENT, Math.sqrt(6.0 / 400)),
        arguments("'glorot_uniform'", CONVOLUTION, Math.sqrt(6.0 / (180 + 1_080))),
        arguments("'glorot_uniform'", CONVOLUTION_1D, Math.sqrt(6.0 / (60 + 1_200))),
        arguments("'glorot_uniform'", DEPTHWISE, Math.sqrt(6.0 / (750 + 800))),
        arguments("'glorot_uniform'", new int[] {20_000}, Math.sqrt(6.0 / 40_000)),
        arguments("'he_uniform'", CONVOLUTION, Math.sqrt(6.0 / 180)),
        arguments("'lecun_uniform'", DENSE, Math.sqrt(3.0 / 200)),
        arguments("'random_uniform'", DENSE, 0.05),
        arguments(
            "{'type':'VarianceScaling','scale':2,'mode':'fan_out','distribution':'uniform'}",
            CONVOLUTION_1D,
            Math.sqrt(3 * 2.0 / 1_200)));
  }

  @ParameterizedTest
  @MethodSource
  void uniform(String initializer, int[] shape, double limit) {
    follows(values(initializer, shape), 0, limit / Math.sqrt(3), limit);
  }

  /** The last argument is the standard deviation after truncation. */
  static Stream<Arguments> truncatedNormal() {
    return Stream.of(
        arguments("'glorot_normal'", RECURRENT, Math.sqrt(2.0 / 400)),
        arguments("'glorot_normal'", CONVOLUTION, Math.sqrt(2.0 / (180 + 1_080))),
        arguments("'he_normal'", DENSE, Math.sqrt(2.0 / 200)),
        arguments("'he_normal'", CONVOLUTION, Math.sqrt(2.0 / 180)),
        arguments("'lecun_normal'", CONVOLUTION_1D, Math.sqrt(1.0 / 60)),
        arguments("'variance_scaling'", DENSE, Math.sqrt(1.0 / 200)),
        arguments(
            "{'type':'VarianceScaling','mode':'fan_avg','scale':3}", DENSE, Math.sqrt(3.0 / 160)),
        arguments("'truncated_normal'", DENSE, 0.05 * TRUNCATED));
  }

  @ParameterizedTest
  @MethodSource
  void truncatedNormal(String initializer, int[] shape, double deviation) {
    follows(values(initializer, shape), 0, deviation, 2 * deviation / TRUNCATED);
  }

  @Test
  void randomInitializersHaveTheirMeanDeviationAndTails() {
    float[] plain = values("{'type':'RandomNormal','mean':2,'stddev':0.5}", DENSE);
    follows(plain, 2, 0.5, 5 * 0.5);
    assertThat(furthest(plain, 2)).isGreaterThan(3 * 0.5);
    float[] scaled =
        values("{'type':'VarianceScaling','distribution':'untruncated_normal'}", DENSE);
    double deviation = Math.sqrt(1.0 / 200);
    follows(scaled, 0, deviation, 5 * deviation);
    assertThat(furthest(scaled, 0)).isGreaterThan(3 * deviation);
    follows(
        values("{'type':'TruncatedNormal','mean':-1,'stddev':0.3}", DENSE),
        -1,
        0.3 * TRUNCATED,
        2 * 0.3);
    follows(
        values("{'type':'RandomUniform','minval':1,'maxval':3}", DENSE), 2, 1 / Math.sqrt(3), 1);
  }

  @Test
  void constantInitializersFillWithTheirValue() {
    assertThat(values("'zeros'", DENSE)).containsOnly(0);
    assertThat(values("'ones'", DENSE)).containsOnly(1);
    assertThat(values("{'type':'Constant','value':0.25}", DENSE)).containsOnly(0.25f);
  }

  @Test
  void identityPutsTheGainOnTheDiagonalOfAnyMatrix() {
    assertThat(values("{'type':'Identity','gain':3}", 2, 3)).containsExactly(3, 0, 0, 0, 3, 0);
    assertThat(values("'identity'", 3, 2)).containsExactly(1, 0, 0, 1, 0, 0);
  }

  /**
   * A wide matrix has orthogonal rows, a tall one has orthogonal columns; a kernel has a row for
   * each of its inputs.
   */
  @ParameterizedTest
  @ValueSource(strings = {"8,32", "32,8", "16,16", "3,3,2,12", "3,3,2,24"})
  void rowsOrColumnsAreOrthogonalWithTheGainAsTheirLength(String sizes) {
    int[] shape = Stream.of(sizes.split(",")).mapToInt(Integer::parseInt).toArray();
    int columns = shape[shape.length - 1];
    float[] q = values("{'type':'Orthogonal','gain':2}", shape);
    int rows = q.length / columns;
    boolean wide = rows <= columns;
    for (int a = 0; a < Math.min(rows, columns); a++) {
      for (int b = 0; b <= a; b++) {
        double dot = 0;
        for (int k = 0; k < Math.max(rows, columns); k++) {
          dot +=
              wide
                  ? q[a * columns + k] * q[b * columns + k]
                  : q[k * columns + a] * q[k * columns + b];
        }
        assertThat(dot).as("%d, %d", a, b).isCloseTo(a == b ? 4 : 0, within(1e-5));
      }
    }
  }

  /** Checks mean and deviation within five standard errors, and the bound. */
  private static void follows(float[] values, double mean, double deviation, double bound) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (value - mean) * (value - mean);
    }
    double root = Math.sqrt(values.length);
    assertThat(sum / values.length).isCloseTo(mean, within(5 * deviation / root));
    assertThat(Math.sqrt(squares / values.length))
        .isCloseTo(deviation, within(5 * deviation / root));
    assertThat(furthest(values, mean)).isLessThan(bound * (1 + 1e-4));
  }

  private static double furthest(float[] values, double mean) {
    double furthest = 0;
    for (float value : values) {
      furthest = Math.max(furthest, Math.abs(value - mean));
    }
    return furthest;
  }

  /** A projection with one axis of inputs and two of outputs, or the reverse. */
  @Test
  void inputsAndOutputsMayHaveSeveralAxes() {
    int[] shape = {30, 8, 50};
    double glorot = Math.sqrt(6.0 / (30 + 400));
    follows(values("'glorot_uniform'", 1, shape), 0, glorot / Math.sqrt(3), glorot);
    double lecun = Math.sqrt(3.0 / 240);
    follows(values("'lecun_uniform'", 2, shape), 0, lecun / Math.sqrt(3), lecun);
  }

  private static float[] values(String initializer, int... shape) {
    return values(initializer, 0, shape);
  }

  private static float[] values(String initializer, int inputAxes, int[] shape) {
    byte[] json = initializer.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return InitialValues.of(
        Messages.readStrictly(json, Initializer.class), shape, inputAxes, new Random(11));
  }
}
