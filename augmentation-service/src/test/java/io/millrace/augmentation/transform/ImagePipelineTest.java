package io.millrace.augmentation.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import java.awt.Color;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ImagePipelineTest {
  private static final String RICH =
      """
      {"rotation_range": 20, "width_shift_range": 0.1, "zoom_range": [0.8, 1.2], "shear_range": 10,
       "channel_shift_range": 20, "horizontal_flip": true, "brightness_range": [0.8, 1.2],
       "transforms": [
         {"type": "perspective", "distortion": 0.3}, {"type": "elastic"},
         {"type": "color_jitter", "brightness": 0.2, "contrast": 0.2, "saturation": 0.3,
          "hue": 0.1, "value": 0.2},
         {"type": "one_of", "transforms": [{"type": "gaussian_blur", "kernel_size": 5},
                                           {"type": "grayscale"}]},
         {"type": "gaussian_noise"}, {"type": "salt_and_pepper"}, {"type": "cutout"},
         {"type": "rand_augment"}]}\
      """;

  private static final String AFFINE =
      """
      {"rotation_range": 90, "width_shift_range": 0.3, "height_shift_range": 0.3,
       "zoom_range": [0.5, 2], "horizontal_flip": true, "fill_mode": "nearest"}\
      """;

  /** Image transforms at the limits of their parameters. */
  private static final List<String> EXTREMES =
      List.of(
          "{\"type\":\"rotation\",\"range\":180}",
          "{\"type\":\"shift\",\"width\":4096,\"height\":[-4096,4096]}",
          "{\"type\":\"shear\",\"range\":89}",
          "{\"type\":\"zoom\",\"range\":[0.01,100]}",
          "{\"type\":\"zoom\",\"range\":[0.01,0.01]}",
          "{\"type\":\"zoom\",\"range\":[100,100]}",
          "{\"type\":\"horizontal_flip\",\"p\":1}",
          "{\"type\":\"vertical_flip\",\"p\":1}",
          "{\"type\":\"random_crop\",\"height\":1,\"width\":1}",
          "{\"type\":\"center_crop\",\"height\":1,\"width\":1}",
          "{\"type\":\"random_resized_crop\",\"scale\":[0.01,1],\"ratio\":[0.1,10]}",
          "{\"type\":\"perspective\",\"distortion\":0.9}",
          "{\"type\":\"elastic\",\"alpha\":100,\"sigma\":2}",
          "{\"type\":\"elastic\",\"alpha\":100,\"sigma\":1000}",
          "{\"type\":\"rotation\",\"range\":[-360,360]}",
          "{\"type\":\"zoom\",\"range\":[0.01,100],\"keep_aspect_ratio\":true}",
          "{\"type\":\"zoom\",\"range\":0.5,\"width_range\":[0.01,100]}",
          "{\"type\":\"brightness_shift\",\"range\":[-1,1]}",
          "{\"type\":\"contrast\",\"range\":[0,10]}",
          "{\"type\":\"brightness\",\"range\":[0,10]}",
          "{\"type\":\"channel_shift\",\"range\":255}",
          "{\"type\":\"color_jitter\",\"brightness\":1,\"contrast\":1,\"saturation\":1,\"hue\":0.5,"
              + "\"value\":1}",
          "{\"type\":\"grayscale\"}",
          "{\"type\":\"gaussian_blur\",\"kernel_size\":31,\"sigma\":[0.1,10]}",
          "{\"type\":\"gaussian_noise\",\"stddev\":255}",
          "{\"type\":\"salt_and_pepper\",\"amount\":1}",
          "{\"type\":\"cutout\",\"scale\":[0,1],\"ratio\":[0.1,10],\"value\":255}",
          "{\"type\":\"rand_augment\",\"n\":10,\"m\":30}");

  private static Augmentation augmentation(String json) {
    return Messages.read(json.getBytes(StandardCharsets.UTF_8), Augmentation.class);
  }

  private static Augmentation transform(String json) {
    return augmentation("{\"transforms\":[" + json + "]}");
  }

  private static byte[] image(int height, int width, int channels, long seed) {
    byte[] image = new byte[height * width * channels];
    var random = SplitMix64.of(SplitMix64.Use.ORDER, seed, 0, 0);
    for (int i = 0; i < image.length; i++) {
      int pixel = i / channels;
      image[i] =
          (byte) (pixel % width * 3 + pixel / width * 2 + random.below(60) + i % channels * 40);
    }
    return image;
  }

  private static byte[] apply(
      Augmentation augmentation, int height, int width, int channels, byte[] image, int sample) {
    byte[] result = new byte[image.length];
    new ImagePipeline(augmentation, height, width, channels).apply(7, 2, sample, image, result, 0);
    return result;
  }

  @Property(tries = 20)
  void aSampleDependsOnlyOnItsImageSeedEpochAndIndex(@ForAll @IntRange(max = 1_000) int sample) {
    var pipeline = new ImagePipeline(augmentation(RICH), 37, 41, 3);
    byte[] image = image(37, 41, 3, sample);
    byte[] once = new byte[image.length];
    byte[] again = new byte[image.length];
    pipeline.apply(3, 1, sample, image, once, 0);
    pipeline.apply(4, 9, sample + 5, image(37, 41, 3, 99), again, 0);
    pipeline.apply(3, 1, sample, image, again, 0);

    assertThat(again).isEqualTo(once);
    pipeline.apply(3, 2, sample, image, again, 0);
    assertThat(again).isNotEqualTo(once);
  }

  @Example
  void bytesAreTheSameOnEveryJvm() {
    assertThat(checksum(RICH)).isEqualTo(473_986_769L);
    assertThat(checksum(AFFINE)).isEqualTo(333_478_473L);
    assertThat(checksum(AFFINE.replace("nearest", "reflect"))).isEqualTo(3_066_940_743L);
  }

  private static long checksum(String augmentation) {
    var crc = new CRC32();
    var pipeline = new ImagePipeline(augmentation(augmentation), 48, 40, 3);
    byte[] image = image(48, 40, 3, 1);
    byte[] result = new byte[image.length];
    for (int sample = 0; sample < 50; sample++) {
      pipeline.apply(11, 3, sample, image, result, 0);
      crc.update(result);
    }
    return crc.getValue();
  }

  @Example
  void aTransformWithoutStrengthOrProbabilityChangesNoByte() {
    for (String spec : EXTREMES) {
      String off = spec.replace(",\"p\":1", "").replace("}", ",\"p\":0}");
      byte[] image = image(28, 31, 3, 5);
      assertThat(apply(transform(off), 28, 31, 3, image, 0)).as(off).isEqualTo(image);
    }
    for (String spec :
        List.of(
            "{\"type\":\"rotation\",\"range\":0}",
            "{\"type\":\"zoom\",\"range\":0}",
            "{\"type\":\"shear\",\"range\":0}",
            "{\"type\":\"shift\"}",
            "{\"type\":\"center_crop\",\"height\":28,\"width\":31}",
            "{\"type\":\"perspective\",\"distortion\":0}",
            "{\"type\":\"elastic\",\"alpha\":0}",
            "{\"type\":\"brightness\",\"range\":[1,1]}",
            "{\"type\":\"channel_shift\",\"range\":0}",
            "{\"type\":\"color_jitter\"}",
            "{\"type\":\"gaussian_noise\",\"stddev\":0}",
            "{\"type\":\"salt_and_pepper\",\"amount\":0}",
            "{\"type\":\"cutout\",\"scale\":[0,0]}",
            "{\"type\":\"rand_augment\",\"n\":0}")) {
      byte[] image = image(28, 31, 3, 6);
      assertThat(apply(transform(spec), 28, 31, 3, image, 0)).as(spec).isEqualTo(image);
    }
  }

  @Property(tries = 30)
  void flipsMirrorTheImageAndAreInvolutions(
      @ForAll @IntRange(min = 1, max = 20) int height,
      @ForAll @IntRange(min = 1, max = 20) int width) {
    byte[] image = image(height, width, 3, 8);
    for (String type : List.of("horizontal_flip", "vertical_flip")) {
      Augmentation flip = transform("{\"type\":\"" + type + "\",\"p\":1}");
      byte[] once = apply(flip, height, width, 3, image, 0);
      assertThat(apply(flip, height, width, 3, once, 0)).isEqualTo(image);
      int row = type.startsWith("h") ? 0 : height - 1;
      int column = type.startsWith("h") ? width - 1 : 0;
      assertThat(once[0]).isEqualTo(image[(row * width + column) * 3]);
    }
  }

  @Property(tries = 30)
  void shiftsByWholePixelsMovePixelsExactly(@ForAll @IntRange(max = 500) int sample) {
    byte[] image = image(20, 24, 3, 9);
    byte[] moved = apply(transform("{\"type\":\"shift\",\"width\":[3]}"), 20, 24, 3, image, sample);
    int sign = moved[10 * 24 * 3 + 30] == image[10 * 24 * 3 + 30 + 9] ? 1 : -1;
    for (int row = 0; row < 20; row++) {
      for (int column = 3; column < 21; column++) {
        int at = (row * 24 + column) * 3;
        assertThat(moved[at]).isEqualTo(image[at + sign * 9]);
      }
    }
  }

  @Property(tries = 5)
  void parametersAtTheirLimitsGiveValidLevels(@ForAll @IntRange(max = 1_000) int sample) {
    for (int[] size : new int[][] {{1, 1, 3}, {1, 5, 1}, {5, 4, 3}, {33, 29, 1}, {40, 33, 3}}) {
      byte[] image = image(size[0], size[1], size[2], sample);
      float[] levels = new float[image.length];
      for (String fill : List.of("nearest", "constant", "reflect", "wrap")) {
        for (String spec : EXTREMES) {
          Augmentation augmentation =
              augmentation("{\"fill_mode\":\"" + fill + "\",\"transforms\":[" + spec + "]}");
          new ImagePipeline(augmentation, size[0], size[1], size[2])
              .apply(1, 0, sample, image, levels, 0);
          for (float level : levels) {
            assertThat(level).as(spec).isBetween(-1e-3f, 255.001f);
          }
        }
      }
    }
  }

  @Property(tries = 20)
  void bytesAreTheRoundedLevels(@ForAll @IntRange(max = 1_000) int sample) {
    byte[] image = image(30, 26, 3, sample);
    float[] levels = new float[image.length];
    new ImagePipeline(augmentation(RICH), 30, 26, 3).apply(7, 2, sample, image, levels, 0);
    byte[] bytes = apply(augmentation(RICH), 30, 26, 3, image, sample);
    for (int i = 0; i < bytes.length; i++) {
      assertThat((double) (bytes[i] & 0xFF))
          .isCloseTo(levels[i], org.assertj.core.data.Offset.offset(0.501));
    }
  }

  @Property(tries = 20)
  void hsvJitterMatchesTheConversionOfJavaColor(
      @ForAll @IntRange(min = -50, max = 50) int hue,
      @ForAll @IntRange(min = 0, max = 200) int saturation,
      @ForAll @IntRange(min = 0, max = 200) int value) {
    byte[] image = image(16, 16, 3, hue + 51);
    var tile = new PixelPlanes(16, 16, 3);
    tile.rows = 16;
    for (int i = 0; i < image.length; i++) {
      tile.planes[i % 3][i / 3] = (image[i] & 0xFF) * PixelPlanes.UNIT;
    }
    var jitter = new HsvJitter();
    jitter.set(hue / 100.0, saturation / 100.0, value / 100.0);
    jitter.apply(tile, 16);
    for (int i = 0; i < 256; i++) {
      float[] hsv =
          Color.RGBtoHSB(
              image[3 * i] & 0xFF, image[3 * i + 1] & 0xFF, image[3 * i + 2] & 0xFF, null);
      int rgb =
          Color.HSBtoRGB(
              hsv[0] + hue / 100f,
              Math.min(1, hsv[1] * saturation / 100f),
              Math.min(1, hsv[2] * value / 100f));
      for (int channel = 0; channel < 3; channel++) {
        assertThat(tile.planes[channel][i] / PixelPlanes.UNIT)
            .isCloseTo(rgb >> 16 - 8 * channel & 0xFF, org.assertj.core.data.Offset.offset(0.6f));
      }
    }
  }

  @Property(tries = 10)
  void aBlurIsTheWeightedMeanOfTheNeighbourhood(@ForAll @IntRange(min = 1, max = 15) int radius) {
    int size = 23;
    byte[] image = image(size, size, 1, radius);
    String spec =
        "{\"type\":\"gaussian_blur\",\"kernel_size\":%d,\"sigma\":[2,2]}".formatted(2 * radius + 1);
    if (radius == 15) {
      spec = spec.replace("[2,2]", "[10,10]");
    }
    double sigma = radius == 15 ? 10 : 2;
    float[] levels = new float[image.length];
    new ImagePipeline(transform(spec), size, size, 1).apply(1, 0, 0, image, levels, 0);
    for (int row = 0; row < size; row += 5) {
      for (int column = 0; column < size; column += 3) {
        double sum = 0;
        double weights = 0;
        for (int i = -radius; i <= radius; i++) {
          for (int j = -radius; j <= radius; j++) {
            double weight = Math.exp(-(i * i + j * j) / (2 * sigma * sigma));
            int at = mirrored(row + i, size) * size + mirrored(column + j, size);
            sum += weight * (image[at] & 0xFF);
            weights += weight;
          }
        }
        assertThat((double) levels[row * size + column])
            .isCloseTo(sum / weights, org.assertj.core.data.Offset.offset(0.01));
      }
    }
  }

  private static int mirrored(int at, int size) {
    int place = Math.abs(at);
    return place < size ? place : 2 * (size - 1) - place;
  }

  @Example
  void switchingOneTransformOnDoesNotChangeTheOthers() {
    byte[] image = image(30, 30, 3, 3);
    String noise = "{\"type\":\"gaussian_noise\",\"stddev\":60}";
    byte[] alone =
        apply(transform("{\"type\":\"grayscale\",\"p\":0}," + noise), 30, 30, 3, image, 4);
    byte[] beside =
        apply(transform("{\"type\":\"cutout\",\"scale\":[0,0]}," + noise), 30, 30, 3, image, 4);
    assertThat(beside).isEqualTo(alone);
  }

  @Example
  void oneOfAppliesOneTransformAndASequenceAllOrNone() {
    byte[] image = image(12, 12, 3, 3);
    Augmentation one =
        transform(
            "{\"type\":\"one_of\",\"transforms\":[{\"type\":\"brightness\",\"range\":[0,0]},"
                + "{\"type\":\"horizontal_flip\",\"p\":1}]}");
    byte[] flipped =
        apply(transform("{\"type\":\"horizontal_flip\",\"p\":1}"), 12, 12, 3, image, 0);
    int black = 0;
    for (int sample = 0; sample < 400; sample++) {
      byte[] result = apply(one, 12, 12, 3, image, sample);
      if (Arrays.equals(result, new byte[image.length])) {
        black++;
      } else {
        assertThat(result).isEqualTo(flipped);
      }
    }
    assertThat(black).isBetween(150, 250);
    Augmentation sequence =
        transform(
            "{\"type\":\"sequence\",\"p\":0.5,\"transforms\":[{\"type\":\"vertical_flip\",\"p\":1},"
                + "{\"type\":\"horizontal_flip\",\"p\":1}]}");
    byte[] turned = apply(transform("{\"type\":\"vertical_flip\",\"p\":1}"), 12, 12, 3, flipped, 0);
    for (int sample = 0; sample < 100; sample++) {
      assertThat(apply(sequence, 12, 12, 3, image, sample)).isIn(image, turned);
    }
  }

  @Example
  void aCropLargerThanTheImagesIsRefusedWithItsField() {
    assertThatThrownBy(
            () ->
                new ImagePipeline(
                    transform(
                        "{\"type\":\"one_of\",\"transforms\":[{\"type\":\"random_crop\",\"height\":29,"
                            + "\"width\":2}]}"),
                    28,
                    28,
                    1))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(
            "augmentation.transforms[0].transforms[0].height: 29 is more than the images' height of"
                + " 28");
  }
}
