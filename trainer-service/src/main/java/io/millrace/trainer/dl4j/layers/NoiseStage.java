package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.RegularizationSpec;
import io.millrace.trainer.dl4j.device.Floats;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Noise in training, {@code y = factor x + summand}; the identity in evaluation. The random numbers
 * are a function of (seed, layer, step, position): the SplitMix64 hash (Steele et al. 2014) of the
 * position.
 */
final class NoiseStage implements Stage {
  /** {@code -scale · alpha} of SELU: its limit far below 0. */
  private static final double ALPHA = -Curve.SELU_SCALE * Curve.SELU_ALPHA;

  private final long seed;
  private final Noise noise;
  private final boolean first;
  private Pass pass;

  /** The random number for values that share one draw. */
  private interface Noise {
    float factor(long bits);

    default float summand(long bits) {
      return 0;
    }

    /** The draw for the value at an index. */
    default int drawing(int at, INDArray values) {
      return at;
    }
  }

  /**
   * @param seed combines the network's seed and the layer
   * @param first whether no earlier stage needs a gradient
   */
  private NoiseStage(long seed, Noise noise, boolean first) {
    this.seed = seed;
    this.noise = noise;
    this.first = first;
  }

  /** Dropout of whole features at all time steps, or of whole channels of an image. */
  static NoiseStage ofFeatures(double rate, long seed, boolean first) {
    return new NoiseStage(seed, new FeatureDropout(rate), first);
  }

  /** Dropout whose mask is shared along some axes. */
  static NoiseStage ofShape(RegularizationSpec.Dropout dropout, long seed, boolean first) {
    return new NoiseStage(seed, new SharedDropout(dropout), first);
  }

  static NoiseStage gaussianDropout(double rate, long seed, boolean first) {
    double deviation = Math.sqrt(rate / (1 - rate));
    return new NoiseStage(seed, bits -> (float) (1 + deviation * normal(bits)), first);
  }

  static NoiseStage gaussianNoise(double deviation, long seed, boolean first) {
    return new NoiseStage(seed, new Addition(deviation), first);
  }

  static NoiseStage alphaDropout(double rate, long seed, boolean first) {
    return new NoiseStage(seed, Alpha.of(rate), first);
  }

  private record FeatureDropout(double rate) implements Noise {
    @Override
    public float factor(long bits) {
      return dropout(bits, rate);
    }

    @Override
    public int drawing(int at, INDArray values) {
      // A channel of an image, or a feature of a sample at all time steps.
      return values.rank() == 4
          ? at / (int) (values.size(2) * values.size(3))
          : at % (int) (values.size(1) * values.size(2));
    }
  }

  private record SharedDropout(RegularizationSpec.Dropout dropout) implements Noise {
    /** A sample's axes in stages, {@code [batch, channels, height, width]}. */
    private static final int[] OF_IMAGE = {-1, 2, 0, 1};

    /** {@code [time, batch, features]}. */
    private static final int[] OF_SERIES = {0, -1, 1};

    @Override
    public float factor(long bits) {
      return NoiseStage.dropout(bits, dropout.rate());
    }

    @Override
    public int drawing(int at, INDArray values) {
      int[] axes = values.rank() == OF_IMAGE.length ? OF_IMAGE : OF_SERIES;
      int rest = at;
      int drawing = 0;
      int step = 1;
      for (int i = axes.length - 1; i >= 0; i--) {
        int size = (int) values.size(i);
        if (axes[i] < 0 || !dropout.sharesNoise(axes[i])) {
          drawing += rest % size * step;
          step *= size;
        }
        rest /= size;
      }
      return drawing;
    }
  }

  private record Addition(double deviation) implements Noise {
    @Override
    public float factor(long bits) {
      return 1;
    }

    @Override
    public float summand(long bits) {
      return (float) (deviation * normal(bits));
    }
  }

  /**
   * Alpha dropout (Klambauer et al. 2017): dropped values become alpha, then all values are brought
   * back to mean 0 and variance 1.
   */
  private record Alpha(double rate, double a, double b) implements Noise {
    static Alpha of(double rate) {
      double a = 1 / Math.sqrt((1 - rate) * (1 + rate * ALPHA * ALPHA));
      return new Alpha(rate, a, -a * ALPHA * rate);
    }

    @Override
    public float factor(long bits) {
      return uniform(bits) < rate ? 0 : (float) a;
    }

    @Override
    public float summand(long bits) {
      return (float) (uniform(bits) < rate ? a * ALPHA + b : b);
    }
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    this.pass = pass;
    if (!pass.training()) {
      return input;
    }
    float[] values = Floats.read(input);
    long key = DropoutStage.key(seed, pass.step());
    for (int i = 0; i < values.length; i++) {
      long bits = bits(key, noise.drawing(i, input));
      values[i] = values[i] * noise.factor(bits) + noise.summand(bits);
    }
    return Floats.array(values, input.shape());
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    if (first) {
      return null;
    }
    if (!pass.training()) {
      return epsilon;
    }
    float[] gradients = Floats.read(epsilon);
    long key = DropoutStage.key(seed, pass.step());
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] *= noise.factor(bits(key, noise.drawing(i, epsilon)));
    }
    return Floats.array(gradients, epsilon.shape());
  }

  /** A value's factor in inverted dropout. */
  static float dropout(long bits, double rate) {
    return uniform(bits) < rate ? 0 : (float) (1 / (1 - rate));
  }

  /** The random bits of a step's draw; {@code key} starts the step's hashes. */
  static long bits(long key, long drawing) {
    return DropoutStage.mix(key + drawing * DropoutStage.GOLDEN);
  }

  /** A number from {@code U[0, 1)}, from the upper half of the bits. */
  private static double uniform(long bits) {
    return (bits >>> 32) * 0x1p-32;
  }

  /** A number from {@code N(0, 1)}, by the Box-Muller method. */
  private static double normal(long bits) {
    double radius = Math.sqrt(-2 * Math.log(1 - uniform(bits)));
    return radius * Math.cos(2 * Math.PI * (bits & 0xFFFFFFFFL) * 0x1p-32);
  }
}
