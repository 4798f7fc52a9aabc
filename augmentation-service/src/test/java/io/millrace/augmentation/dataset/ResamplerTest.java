package io.millrace.augmentation.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ResamplerTest {
  private static Pixels noise(int height, int width, int channels) {
    byte[] data = new byte[height * width * channels];
    new Random(7).nextBytes(data);
    return new Pixels(data, height, width, channels);
  }

  @Example
  void enlargingInterpolatesLinearlyAndShrinkingAverages() {
    var line = new Pixels(new byte[] {0, 100}, 1, 2, 1);
    assertThat(line.withSize(1, 4).data()).containsExactly(0, 25, 75, 100);
    assertThat(line.withSize(2, 1).data()).containsExactly(50, 50);
    var column = new Pixels(new byte[] {0, 100}, 2, 1, 1);
    assertThat(column.withSize(4, 1).data()).containsExactly(0, 25, 75, 100);
    assertThat(column.withSize(1, 2).data()).containsExactly(50, 50);
  }

  @Property(tries = 200)
  void theStripWidthDoesNotChangeTheResult(
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll @IntRange(min = 1, max = 40) int columns,
      @ForAll @IntRange(min = 1, max = 2_000) int between,
      @ForAll boolean colours) {
    Pixels image = noise(height, width, colours ? 3 : 1);
    assertThat(Resampler.resample(image, rows, columns, between).data())
        .isEqualTo(Resampler.resample(image, rows, columns, Integer.MAX_VALUE).data());
  }

  @Example
  void resamplingTheTallestImageAllocatesLittleMemory() {
    Pixels image = noise(DatasetLimits.FILE_SIDE, 16, 3);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    image.withSize(16, 1_024);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(8 << 20);
  }
}
