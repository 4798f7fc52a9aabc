package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.device.Residence;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Inverted dropout. Which values are dropped is a function of (seed, layer, step, position): the
 * SplitMix64 hash (Steele et al. 2014) of the position, 32 bits for each value.
 */
public final class DropoutStage implements Stage {
  static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final int CHUNK = 4096;

  private final long seed;
  private final long threshold;
  private final float scale;
  private final boolean first;
  private final Residence residence;
  private final float[] chunk = new float[CHUNK];

  private Pass pass;

  /**
   * @param seed combines the network's seed and the layer
   * @param rate the share that is dropped
   * @param first whether no earlier stage needs a gradient
   * @param residence where the input's arrays are
   */
  public DropoutStage(long seed, double rate, boolean first, Residence residence) {
    this.seed = seed;
    this.threshold = Math.round(rate * 0x1p32);
    this.scale = (float) (1 / (1 - rate));
    this.first = first;
    this.residence = residence;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    this.pass = pass;
    if (!pass.training() || threshold == 0) {
      return input;
    }
    INDArray output = input.ulike();
    apply(input, output);
    return output;
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    if (first) {
      return null;
    }
    if (pass.training() && threshold != 0) {
      apply(epsilon, epsilon);
    }
    return epsilon;
  }

  private void apply(INDArray from, INDArray to) {
    if (residence == Residence.HOST) {
      drop(Floats.buffer(from), Floats.buffer(to));
      return;
    }
    float[] mask = new float[Math.toIntExact(from.length())];
    Arrays.fill(mask, 1);
    drop(FloatBuffer.wrap(mask), FloatBuffer.wrap(mask));
    from.muli(Nd4j.create(mask, from.shape(), 'c'), to);
  }

  private void drop(FloatBuffer source, FloatBuffer target) {
    long key = key(seed, pass.step());
    int length = source.limit();
    for (int start = 0; start < length; start += CHUNK) {
      int count = Math.min(CHUNK, length - start);
      source.get(start, chunk, 0, count);
      drop(key + (long) (start / 2) * GOLDEN, count);
      target.put(start, chunk, 0, count);
    }
  }

  private void drop(long key, int count) {
    float[] values = chunk;
    long at = key;
    for (int i = 0; i < count; i += 2) {
      long bits = mix(at);
      at += GOLDEN;
      values[i] = (bits >>> 32) < threshold ? 0 : values[i] * scale;
      // CHUNK is even: with an odd count this writes a value that is not copied back.
      values[i + 1] = (bits & 0xFFFFFFFFL) < threshold ? 0 : values[i + 1] * scale;
    }
  }

  /** The start value for a step's hashes. */
  static long key(long seed, long step) {
    return mix(mix(seed) + step * GOLDEN);
  }

  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
