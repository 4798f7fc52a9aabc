package io.millrace.trainer.dl4j.weights;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.Initializer;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.LayerWeight;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.trainer.dl4j.layers.DropoutStage;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import io.millrace.trainer.dl4j.parts.Variable;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Keras' initial weights, written in Deeplearning4j's order of parameters. Defaults are Glorot
 * uniform (Glorot and Bengio 2010) for kernels, orthogonal (Saxe et al. 2014) for recurrent
 * kernels, and zero for biases, except an LSTM's forget gate, whose biases are 1 (Jozefowicz et al.
 * 2015).
 *
 * @see <a href="https://keras.io/api/layers/initializers/">Keras' initializers</a>
 */
public final class KerasWeights {
  private final FloatBuffer parameters;

  private KerasWeights(FloatBuffer parameters) {
    this.parameters = parameters;
  }

  /** Writes all parameters of a network, from the buffer's position to its end. */
  public static void write(NetworkPlan plan, long seed, FloatBuffer parameters) {
    var weights = new KerasWeights(parameters);
    var seeds = new SplittableRandom(seed);
    List<NetworkPart> parts = NetworkPart.of(plan);
    for (int i = 0; i < plan.layers().size(); i++) {
      // One generator for each layer: a layer's weights do not depend on the sizes of earlier
      // layers.
      long own = seeds.nextLong();
      for (NetworkPart part : parts) {
        if (part.index() == i) {
          weights.write(part, own);
        }
      }
    }
  }

  private void write(NetworkPart part, long seed) {
    int channels = part.input().get(part.input().size() - 1);
    LayerSpec spec = part.spec();
    if (!isPlain(part)) {
      long own = seed;
      for (Variable variable : Variable.of(part)) {
        own = DropoutStage.mix(own + 1);
        write(variable, own, forgetUnits(spec, variable));
      }
    } else if (spec instanceof ConvolutionSpec.Conv2D conv) {
      int window = conv.kernelSize().rows() * conv.kernelSize().columns();
      zeros(conv.useBias() ? conv.filters() : 0);
      glorot(
          (long) window * channels * conv.filters(),
          (long) window * channels,
          (long) window * conv.filters(),
          seed);
    } else if (spec instanceof CoreSpec.Dense dense) {
      glorot((long) channels * dense.units(), channels, dense.units(), seed);
      zeros(dense.useBias() ? dense.units() : 0);
    } else if (spec instanceof RecurrentSpec.LSTM lstm) {
      int units = lstm.units();
      glorot(4L * units * channels, channels, 4L * units, seed);
      orthogonal(units, seed);
      zeros(units);
      for (int i = 0; i < units; i++) {
        parameters.put(1);
      }
      zeros(2 * units);
    }
  }

  /** Whether the layer has Keras' defaults, whose values are drawn in the vector's order. */
  private static boolean isPlain(NetworkPart part) {
    LayerSpec spec = part.spec();
    if (part.isKeras()) {
      return false;
    }
    if (spec instanceof RecurrentSpec.LSTM lstm && !lstm.unitForgetBias()) {
      return false;
    }
    return Variable.of(part).stream()
        .allMatch(variable -> variable.weight().initializer().equals(usual(variable.name())));
  }

  private static Initializer usual(String name) {
    return switch (name) {
      case "kernel" -> Initializer.GLOROT_UNIFORM;
      case "recurrent_kernel" -> Initializer.ORTHOGONAL;
      default -> Initializer.ZEROS;
    };
  }

  /** The number of units whose forget gate's biases start at 1; 0 for none. */
  private static int forgetUnits(LayerSpec spec, Variable variable) {
    LayerSpec inner = spec instanceof RecurrentSpec.Bidirectional both ? both.layer() : spec;
    return inner instanceof RecurrentSpec.LSTM lstm
            && lstm.unitForgetBias()
            && variable.name().endsWith("bias")
        ? lstm.units()
        : 0;
  }

  private void write(Variable variable, long seed, int forgetUnits) {
    LayerWeight weight = variable.weight();
    float[] values =
        InitialValues.of(
            weight.initializer(), variable.shape(), weight.inputAxes(), new Random(seed));
    for (int i = forgetUnits; i < 2 * forgetUnits; i++) {
      values[i] = 1;
    }
    float[] stored = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      stored[variable.order().applyAsInt(i)] = values[i];
    }
    parameters.put(stored);
  }

  private void zeros(int count) {
    for (int i = 0; i < count; i++) {
      parameters.put(0);
    }
  }

  /** {@code U(-l, l)} with {@code l = sqrt(6 / (fanIn + fanOut))}. */
  private void glorot(long count, long fanIn, long fanOut, long seed) {
    var random = new SplittableRandom(seed);
    double limit = Math.sqrt(6.0 / (fanIn + fanOut));
    for (long i = 0; i < count; i++) {
      parameters.put((float) ((2 * random.nextDouble() - 1) * limit));
    }
  }

  /**
   * The recurrent kernel {@code [units, 4 units]} with orthonormal rows, column by column: {@code 4
   * units} vectors of {@code units}, so that the transposed matrix has orthonormal columns.
   */
  private void orthogonal(int units, long seed) {
    double[][] rows = orthonormalRows(units, 4 * units, new Random(seed));
    for (int column = 0; column < 4 * units; column++) {
      for (int row = 0; row < units; row++) {
        parameters.put((float) rows[row][column]);
      }
    }
  }

  /** Gaussian rows, orthonormalized by the Gram-Schmidt method, twice for precision. */
  static double[][] orthonormalRows(int rows, int columns, Random random) {
    double[][] matrix = new double[rows][columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        matrix[i][j] = random.nextGaussian();
      }
      for (int pass = 0; pass < 2; pass++) {
        for (int k = 0; k < i; k++) {
          add(matrix[i], -dot(matrix[i], matrix[k]), matrix[k]);
        }
      }
      double norm = Math.sqrt(dot(matrix[i], matrix[i]));
      for (int j = 0; j < columns; j++) {
        matrix[i][j] /= norm;
      }
    }
    return matrix;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] a, double factor, double[] b) {
    for (int i = 0; i < a.length; i++) {
      a[i] += factor * b[i];
    }
  }
}
