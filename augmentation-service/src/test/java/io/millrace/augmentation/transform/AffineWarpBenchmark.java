package io.millrace.augmentation.transform;

import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.ZoomRange;

/**
 * Samples a second on one core, 150×150×3; run its {@code main} from the test class path. It is no
 * test.
 */
final class AffineWarpBenchmark {
  private static final int SAMPLES = 2_000;

  private AffineWarpBenchmark() {}

  /** Prints a line a round; the first ones warm up. */
  public static void main(String[] args) {
    var augmentation =
        new Augmentation(
            10.0, 0.2, 0.2, null, new ZoomRange(0.9, 1.1), true, null, null, null, null, null);
    var warp = new AffineWarp(150, 150, 3, augmentation.fillMode(), 0, 1);
    var random = new RandomTransform(augmentation, 150, 150);
    byte[] source = new byte[warp.values()];
    for (int i = 0; i < source.length; i++) {
      source[i] = (byte) (i * 31);
    }
    byte[] batch = new byte[16 * warp.values()];
    for (int round = 0; round < 6; round++) {
      long start = System.nanoTime();
      for (int sample = 0; sample < SAMPLES; sample++) {
        warp.apply(random.draw(1, round, sample), source, batch, sample % 16 * warp.values());
      }
      double seconds = (System.nanoTime() - start) * 1e-9;
      System.out.printf("%.0f samples/s%n", SAMPLES / seconds);
    }
  }
}
