package io.millrace.augmentation.transform;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BilinearKernelTest {
  private static final int WIDTH = 19;
  private static final int HEIGHT = 13;
  private static final int PIXELS = 257;

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void theSingleLoopGivesTheSameResultAsTheSeparateSteps(int channels) {
    SplittableRandom random = new SplittableRandom(5);
    byte[] source = new byte[WIDTH * HEIGHT * channels + BilinearKernel.padding(WIDTH, channels)];
    random.nextBytes(source);
    BilinearKernel steps = new BilinearKernel(PIXELS, WIDTH, channels, false);
    BilinearKernel atOnce = new BilinearKernel(PIXELS, WIDTH, channels, true);
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < PIXELS; i++) {
        // Two of seven pixels are exactly on the last column or on the last row.
        steps.x[i] = coordinate(random, WIDTH, i % 7 == 0);
        steps.y[i] = coordinate(random, HEIGHT, i % 7 == 1);
        atOnce.x[i] = steps.x[i];
        atOnce.y[i] = steps.y[i];
      }
      int[] x = steps.x.clone();
      int[] y = steps.y.clone();
      steps.run(source, PIXELS);
      atOnce.run(source, PIXELS);
      assertThat(atOnce.values).isDeepEqualTo(steps.values);
      for (int channel = 0; channel < channels; channel++) {
        assertThat(atOnce.values[channel][round])
            .isEqualTo(expected(source, x[round], y[round], channels, channel));
      }
    }
  }

  private static int coordinate(SplittableRandom random, int size, boolean last) {
    return last
        ? size - 1 << BilinearKernel.FRACTION_BITS
        : random.nextInt(size - 1 << BilinearKernel.FRACTION_BITS);
  }

  /** The definition: the sum of four neighbours with whole weights in units of 1/4096. */
  private static int expected(byte[] source, int x, int y, int channels, int channel) {
    int across = (x & (1 << 20) - 1) / 256;
    int down = (y & (1 << 20) - 1) / 256;
    int both = Math.floorDiv(across * down + 2048, 4096);
    int at = (y >> 20) * WIDTH * channels + (x >> 20) * channels + channel;
    int below = at + WIDTH * channels;
    return (source[at] & 0xFF) * (4096 - across - down + both)
        + (source[at + channels] & 0xFF) * (across - both)
        + (source[below] & 0xFF) * (down - both)
        + (source[below + channels] & 0xFF) * both;
  }
}
