package io.millrace.trainer.dl4j.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.request.OptimizerSpec;
import io.millrace.trainer.dl4j.device.Backend;
import io.millrace.trainer.dl4j.weights.Extent;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;

/** Compares optimizers with Keras 3's formulas in double precision. */
class UpdateRuleTest {
  private static final double[] WEIGHTS = {0.5, -1.25, 2, 0.001, 0};
  private static final double[][] GRADIENTS = {
    {0.1, -2, 1e-4, 3, 0},
    {-0.3, 0.5, 1e-5, -1, 1e-8},
    {0.2, -0.1, -1e-4, 0.7, 0},
    {1.5, 0.25, 0, 0.01, -1e-3}
  };

  /** A step for one weight: returns the new weight and updates the state. */
  private interface Formula {
    double step(double weight, double gradient, double[] state, int t);
  }

  @Test
  void plainGradientDescentFollowsTheGradient() {
    check(new OptimizerSpec.SGD(0.1, null, null), 0, (w, g, s, t) -> w - 0.1 * g);
  }

  @Test
  void momentumMatchesKeras() {
    check(
        new OptimizerSpec.SGD(0.1, 0.9, false),
        0,
        (w, g, s, t) -> {
          s[0] = 0.9 * s[0] - 0.1 * g;
          return w + s[0];
        });
  }

  @Test
  void nesterovLooksAhead() {
    check(
        new OptimizerSpec.SGD(0.1, 0.9, true),
        0,
        (w, g, s, t) -> {
          s[0] = 0.9 * s[0] - 0.1 * g;
          return w + 0.9 * s[0] - 0.1 * g;
        });
  }

  @Test
  void adagradStartsWithItsInitialAccumulatorAndAddsEpsilonUnderTheRoot() {
    check(
        new OptimizerSpec.Adagrad(0.1, null, 1e-3),
        0.1,
        (w, g, s, t) -> {
          s[0] += g * g;
          return w - 0.1 * g / Math.sqrt(s[0] + 1e-3);
        });
  }

  @Test
  void rmspropAddsEpsilonUnderTheRoot() {
    check(
        new OptimizerSpec.RMSprop(0.01, 0.9, 1e-3),
        0,
        (w, g, s, t) -> {
          s[0] = 0.9 * s[0] + 0.1 * g * g;
          return w - 0.01 * g / Math.sqrt(s[0] + 1e-3);
        });
  }

  @Test
  void adamAddsEpsilonOutsideTheRootAndCorrectsBiasInTheLearningRate() {
    check(
        new OptimizerSpec.Adam(0.01, null, null, 1e-3),
        0,
        (w, g, s, t) -> {
          s[0] = 0.9 * s[0] + 0.1 * g;
          s[1] = 0.999 * s[1] + 0.001 * g * g;
          double rate = 0.01 * Math.sqrt(1 - Math.pow(0.999, t)) / (1 - Math.pow(0.9, t));
          return w - rate * s[0] / (Math.sqrt(s[1]) + 1e-3);
        });
  }

  private static void check(OptimizerSpec spec, double initial, Formula formula) {
    Backend.get();
    double[] expected = WEIGHTS.clone();
    double[][] states = new double[WEIGHTS.length][2];
    for (double[] s : states) {
      s[0] = initial;
    }
    var variable = new Extent(0, WEIGHTS.length);
    try (var optimizer = new Optimizer(spec, List.of(variable), WEIGHTS.length);
        var weights = new FloatPointer(floats(WEIGHTS))) {
      for (int t = 0; t < GRADIENTS.length; t++) {
        try (var gradient = new FloatPointer(floats(GRADIENTS[t]))) {
          optimizer.apply(weights, gradient, t, spec.learningRate().at(t));
        }
        for (int i = 0; i < expected.length; i++) {
          expected[i] = formula.step(expected[i], GRADIENTS[t][i], states[i], t + 1);
          assertThat((double) weights.get(i))
              .as("weight %d after step %d", i, t)
              .isCloseTo(expected[i], within(1e-6 + 2e-6 * Math.abs(expected[i])));
        }
      }
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
