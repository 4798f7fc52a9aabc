package io.millrace.augmentation.transform;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.FillMode;
import io.millrace.contracts.request.ZoomRange;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class AffineWarpTest {
  private static final Augmentation EVERYTHING =
      new Augmentation(
          40.0, 0.3, 0.2, 15.0, new ZoomRange(0.8, 1.3), true, true, null, null, null, null);

  private static byte[] image(int values, long seed) {
    SplitMix64 random = SplitMix64.of(SplitMix64.Use.TRANSFORM, seed, 99, 99);
    byte[] image = new byte[values];
    for (int i = 0; i < values; i++) {
      image[i] = (byte) random.nextLong();
    }
    return image;
  }

  private static byte[] warped(AffineWarp warp, TransformParameters transform, byte[] source) {
    byte[] target = new byte[source.length];
    warp.apply(transform, source, target, 0);
    return target;
  }

  @Property(tries = 100)
  void aTransformIsAFunctionOfSeedEpochAndSample(
      @ForAll long seed, @ForAll @IntRange(max = 1000) int epoch, @ForAll @IntRange int sample) {
    var first = new RandomTransform(EVERYTHING, 20, 30).draw(seed, epoch, sample);
    assertThat(new RandomTransform(EVERYTHING, 20, 30).draw(seed, epoch, sample)).isEqualTo(first);
    assertThat(new RandomTransform(EVERYTHING, 20, 30).draw(seed, epoch + 1, sample))
        .isNotEqualTo(first);
  }

  @Property(tries = 100)
  void everyParameterStaysInItsRange(@ForAll long seed, @ForAll @IntRange int sample) {
    var drawn = new RandomTransform(EVERYTHING, 20, 30).draw(seed, 0, sample);
    assertThat(drawn.theta()).isBetween(-40.0, 40.0);
    assertThat(drawn.tx()).isBetween(-9.0, 9.0);
    assertThat(drawn.ty()).isBetween(-4.0, 4.0);
    assertThat(drawn.shear()).isBetween(-15.0, 15.0);
    assertThat(drawn.zx()).isBetween(0.8, 1.3);
    assertThat(drawn.zy()).isBetween(0.8, 1.3);
  }

  @Property(tries = 100)
  void withoutRangesNothingChanges(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll FillMode fillMode,
      @ForAll @IntRange(max = 1) int order) {
    var warp = new AffineWarp(height, width, 3, fillMode, 7, order);
    byte[] source = image(warp.values(), seed);
    var drawn = new RandomTransform(Augmentation.NONE, height, width).draw(seed, 3, 4);
    assertThat(AffineMap.centred(drawn, height, width).isIdentity()).isTrue();
    assertThat(warped(warp, drawn, source)).isEqualTo(source);
  }

  @Property(tries = 100)
  void flippingTwiceChangesNothing(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 3) int channels,
      @ForAll boolean horizontal,
      @ForAll boolean vertical) {
    var warp = new AffineWarp(height, width, channels, FillMode.NEAREST, 0, 1);
    byte[] source = image(warp.values(), seed);
    var flip = new TransformParameters(0, 0, 0, 0, 1, 1, horizontal, vertical);
    assertThat(warped(warp, flip, warped(warp, flip, source))).isEqualTo(source);
  }

  @Property(tries = 100)
  void wholePixelShiftsMoveExactly(
      @ForAll long seed,
      @ForAll @IntRange(min = -12, max = 12) int right,
      @ForAll @IntRange(min = -12, max = 12) int down,
      @ForAll @IntRange(max = 1) int order,
      @ForAll @IntRange(min = 1, max = 3) int channels) {
    int height = 15;
    int width = 18;
    var warp = new AffineWarp(height, width, channels, FillMode.CONSTANT, 9, order);
    byte[] source = image(warp.values(), seed);
    byte[] target =
        warped(warp, new TransformParameters(0, right, down, 0, 1, 1, false, false), source);
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int y = row + down;
        int x = column + right;
        boolean inside = y >= 0 && y < height && x >= 0 && x < width;
        for (int channel = 0; channel < channels; channel++) {
          int expected = inside ? source[(y * width + x) * channels + channel] : 9;
          assertThat(target[(row * width + column) * channels + channel])
              .isEqualTo((byte) expected);
        }
      }
    }
  }

  @Property(tries = 200)
  void bytesAreTheFloatsRounded(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 30) int height,
      @ForAll @IntRange(min = 1, max = 30) int width,
      @ForAll @IntRange(min = 1, max = 4) int channels,
      @ForAll FillMode fillMode,
      @ForAll @DoubleRange(min = 0.5, max = 2) double zoom) {
    var warp = new AffineWarp(height, width, channels, fillMode, 37, 1);
    byte[] source = image(warp.values(), seed);
    float[] floats = new float[source.length];
    for (int i = 0; i < source.length; i++) {
      floats[i] = source[i] & 0xFF;
    }
    var drawn = new RandomTransform(EVERYTHING, height, width).draw(seed, 0, 0);
    var transform =
        new TransformParameters(
            drawn.theta(), drawn.tx(), drawn.ty(), drawn.shear(), zoom, drawn.zy(), true, false);
    float[] expected = new float[source.length];
    warp.apply(transform, floats, expected, 0);
    byte[] target = warped(warp, transform, source);
    for (int i = 0; i < target.length; i++) {
      assertThat(Math.abs((target[i] & 0xFF) - expected[i])).isLessThan(0.8f);
    }
  }

  @Property(tries = 50)
  void anOrderHoldsEverySampleOnce(
      @ForAll @IntRange(min = 1, max = 500) int samples, @ForAll long seed) {
    assertThat(SampleOrder.shuffled(samples, seed, 3))
        .containsExactlyInAnyOrder(SampleOrder.ascending(samples))
        .isEqualTo(SampleOrder.shuffled(samples, seed, 3));
  }
}
