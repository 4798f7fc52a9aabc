package io.millrace.augmentation.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class StandardizationTest {
  private static final int SIDE = 4;

  private static Augmentation augmentation(String json) {
    return Messages.read(json.getBytes(), Augmentation.class);
  }

  /** Images whose neighbouring values are correlated. */
  private static List<byte[]> images(int count, int channels, long seed) {
    var random = new Random(seed);
    var images = new ArrayList<byte[]>();
    for (int n = 0; n < count; n++) {
      byte[] image = new byte[SIDE * SIDE * channels];
      double level = 128;
      for (int i = 0; i < image.length; i++) {
        level += 0.5 * (128 - level) + 40 * random.nextGaussian();
        image[i] = (byte) Math.max(0, Math.min(255, Math.round(level)));
      }
      images.add(image);
    }
    return images;
  }

  private static FeatureStatistics fit(
      List<byte[]> images, int channels, Augmentation augmentation) {
    var fit = new StatisticsFit(images.get(0).length, channels, augmentation.zcaWhitening());
    images.forEach(fit::add);
    return fit.result(augmentation.rescale(), augmentation.zcaEpsilon());
  }

  private static List<float[]> standardized(
      List<byte[]> images, int channels, Augmentation augmentation) {
    FeatureStatistics statistics =
        augmentation.needsStatistics() ? fit(images, channels, augmentation) : null;
    var standardization = new Standardization(augmentation, channels, statistics);
    var all = new ArrayList<float[]>();
    for (byte[] image : images) {
      float[] levels = new float[image.length];
      for (int i = 0; i < levels.length; i++) {
        levels[i] = image[i] & 0xFF;
      }
      standardization.apply(levels);
      all.add(levels);
    }
    return all;
  }

  private static double moment(List<float[]> images, int i, int j) {
    return images.stream().mapToDouble(image -> (double) image[i] * image[j]).average().orElse(0);
  }

  @Property(tries = 20)
  void whitenedValuesAreUncorrelatedWithUnitVariance(
      @ForAll @IntRange(min = 0, max = 1) int colour, @ForAll long seed) {
    int channels = 1 + 2 * colour;
    List<float[]> white =
        standardized(
            images(400, channels, seed), channels, augmentation("{\"zca_whitening\":true}"));
    int values = SIDE * SIDE * channels;
    for (int i = 0; i < values; i++) {
      for (int j = 0; j < values; j++) {
        assertThat(moment(white, i, j)).isCloseTo(i == j ? 1 : 0, within(1e-3));
      }
    }
  }

  @Property(tries = 20)
  void aStandardizedTrainingPartHasMeanZeroAndDeviationOneInEveryChannel(
      @ForAll long seed, @ForAll @DoubleRange(min = 0.01, max = 10) double rescale) {
    List<float[]> all =
        standardized(
            images(50, 3, seed),
            3,
            augmentation("{\"featurewise_std_normalization\":true,\"rescale\":" + rescale + "}"));
    for (int c = 0; c < 3; c++) {
      double sum = 0;
      double squares = 0;
      for (float[] image : all) {
        for (int i = c; i < image.length; i += 3) {
          sum += image[i];
          squares += (double) image[i] * image[i];
        }
      }
      double count = 50.0 * SIDE * SIDE;
      assertThat(sum / count).isCloseTo(0, within(1e-4));
      assertThat(squares / count).isCloseTo(1, within(0.1));
    }
  }

  @Property(tries = 20)
  void samplewiseStandardizationGivesMeanZeroAndDeviationOne(@ForAll long seed) {
    float[] image =
        standardized(images(1, 3, seed), 3, augmentation("{\"samplewise_std_normalization\":true}"))
            .get(0);
    double sum = 0;
    double squares = 0;
    for (float value : image) {
      sum += value;
      squares += (double) value * value;
    }
    assertThat(sum / image.length).isCloseTo(0, within(1e-5));
    assertThat(squares / image.length).isCloseTo(1, within(1e-3));
  }

  @Property(tries = 20)
  void statisticsDoNotDependOnTheOrderOfTheImages(@ForAll long seed) {
    var augmentation = augmentation("{\"zca_whitening\":true}");
    List<byte[]> images = images(37, 3, seed);
    FeatureStatistics first = fit(images, 3, augmentation);
    Collections.shuffle(images, new Random(seed));
    FeatureStatistics second = fit(images, 3, augmentation);
    assertThat(second.mean()).isEqualTo(first.mean());
    assertThat(second.std()).isEqualTo(first.std());
    assertThat(second.zca()).isEqualTo(first.zca());
  }

  @Test
  void blackImagesAreStandardizedToZero() {
    List<byte[]> black = List.of(new byte[16], new byte[16]);
    for (String json :
        List.of(
            "{\"samplewise_std_normalization\":true}",
            "{\"featurewise_std_normalization\":true}",
            "{\"zca_whitening\":true,\"zca_epsilon\":1e-300}")) {
      assertThat(standardized(black, 1, augmentation(json)).get(0)).containsOnly(0);
    }
  }
}
