package io.millrace.augmentation.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.request.TransformSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The random layers of a Keras model become an augmentation that draws and transforms values by
 * Keras' formulas.
 */
class KerasRandomLayersTest {
  private static final int DRAWS = 20_000;
  private static final int HEIGHT = 50;
  private static final int WIDTH = 100;

  /** The tolerance in levels, because the weights of pixels are multiples of 1/4096. */
  private static final double CLOSE = 0.1;

  private static final JsonNode GOLDEN = read();

  private static JsonNode read() {
    try (InputStream file =
        KerasRandomLayersTest.class.getResourceAsStream("/keras/random_layers.json")) {
      return new ObjectMapper().readTree(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Augmentation augmentation(String layers) {
    return augmentation(layers, "[50, 100, 3]");
  }

  /** The augmentation of a request whose model starts with these layers, for images of a shape. */
  private static Augmentation augmentation(String layers, String shape) {
    String json =
        """
        {"dataset": {"name": "d"}, "augmentation": {"rescale": 1}, "loss": "mse", "model": {"keras":
          {"class_name": "Sequential", "config": {"layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [null, %s]}},
            %s,
            {"class_name": "Flatten", "config": {}},
            {"class_name": "Dense", "config": {"units": 2}}]}}}}\
        """
            .formatted(shape.replaceAll("[\\[\\]]", ""), layers);
    TrainingRequest request = Messages.readRequest(json.getBytes(StandardCharsets.UTF_8));
    return request.augmentation();
  }

  private static String layer(String type, String config) {
    return "{\"class_name\": \"%s\", \"config\": {%s}}".formatted(type, config.replace('\'', '"'));
  }

  /** A parameter of the maps that a layer's only transform draws for consecutive samples. */
  private static double[] draws(String layer, ToDoubleFunction<GeometricMap> parameter) {
    Augmentation augmentation = augmentation(layer);
    TransformSpec spec = augmentation.transforms().get(0);
    var plan = new SamplePlan(new ImageSampler(HEIGHT, WIDTH, 3, augmentation.fillMode(), 0, 1));
    TransformStep step = new TransformSteps(HEIGHT, WIDTH, 3).of(spec, 1);
    return IntStream.range(0, DRAWS)
        .mapToDouble(
            sample -> {
              plan.reset();
              step.draw(new TransformStep.Key(5, 0, sample), plan);
              return parameter.applyAsDouble(plan.map);
            })
        .toArray();
  }

  private static void assertUniform(double[] draws, double lower, double upper) {
    double range = upper - lower;
    assertThat(DoubleStream.of(draws).min().orElseThrow()).isBetween(lower, lower + range / 500);
    assertThat(DoubleStream.of(draws).max().orElseThrow()).isBetween(upper - range / 500, upper);
    assertThat(DoubleStream.of(draws).average().orElseThrow())
        .as("within four standard errors")
        .isCloseTo((lower + upper) / 2, offset(4 * range / Math.sqrt(12.0 * DRAWS)));
  }

  /** Keras reads a pixel from (x cos a - y sin a, x sin a + y cos a), a = 2 pi times the factor. */
  @Test
  void aRotationFactorIsAShareOfTheCircle() {
    String layer = layer("RandomRotation", "'factor': [-0.1, 0.25]");
    assertUniform(
        draws(layer, map -> Math.atan2(map.at(1, 0), map.at(0, 0))), -0.2 * Math.PI, 0.5 * Math.PI);
  }

  @Test
  void aZoomWithoutAWidthFactorKeepsTheAspectRatio() {
    String alike = layer("RandomZoom", "'height_factor': [-0.3, 0.1]");
    assertUniform(draws(alike, map -> map.at(1, 1)), 0.7, 1.1);
    assertThat(draws(alike, map -> map.at(0, 0) - map.at(1, 1))).containsOnly(0);
    String apart = layer("RandomZoom", "'height_factor': 0.1, 'width_factor': [0, 0.5]");
    assertUniform(draws(apart, map -> map.at(0, 0)), 1, 1.5);
    assertUniform(draws(apart, map -> map.at(1, 1)), 0.9, 1.1);
  }

  /** Keras reads a pixel from (x - dx, y - dy): positive factors move images right and down. */
  @Test
  void aTranslationFactorIsAShareOfTheSize() {
    String layer =
        layer("RandomTranslation", "'height_factor': [-0.2, 0.3], 'width_factor': [0.1, 0.2]");
    assertUniform(draws(layer, map -> -map.at(0, 2)), 10, 20);
    assertUniform(draws(layer, map -> -map.at(1, 2)), -10, 15);
  }

  @Test
  void aKeras3FlipOfBothAxesFlipsBothOrNone() {
    String layer =
        layer("RandomFlip", "'mode': 'horizontal_and_vertical', 'data_format': 'channels_last'");
    assertThat(draws(layer, map -> map.at(0, 0) - map.at(1, 1))).containsOnly(0);
    assertThat(DoubleStream.of(draws(layer, map -> map.at(0, 0))).average().orElseThrow())
        .isCloseTo(0, offset(4 / Math.sqrt(DRAWS)));
  }

  /** Expected: Keras' formulas. Ranges of a single factor make the transforms deterministic. */
  @Test
  void brightnessIsAddedAndContrastScalesAroundTheChannelMean() {
    byte[] image = new byte[HEIGHT * WIDTH * 3];
    var random = SplitMix64.of(SplitMix64.Use.ORDER, 3, 0, 0);
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) (random.below(150) + i % 3 * 50);
    }
    Augmentation augmentation =
        augmentation(
            layer("RandomBrightness", "'factor': [0.1, 0.1], 'value_range': [0, 255]")
                + ","
                + layer("RandomContrast", "'factor': [0.5, 0]"));
    assertThat(augmentation.transforms())
        .isEqualTo(
            List.of(
                new TransformSpec.BrightnessShift(List.of(0.1, 0.1), null),
                new TransformSpec.Contrast(List.of(0.5, 1.0), null)));
    var fixed =
        Augmentation.of(
            List.of(
                augmentation.transforms().get(0),
                new TransformSpec.Contrast(List.of(1.5, 1.5), null)));
    float[] result = new float[image.length];
    new ImagePipeline(fixed, HEIGHT, WIDTH, 3).apply(1, 0, 0, image, result, 0);

    for (int channel = 0; channel < 3; channel++) {
      double mean = 0;
      for (int i = channel; i < image.length; i += 3) {
        mean += Math.min(255, (image[i] & 0xFF) + 25.5) / (HEIGHT * WIDTH);
      }
      for (int i = channel; i < image.length; i += 3) {
        double bright = Math.min(255, (image[i] & 0xFF) + 25.5);
        double expected = Math.max(0, Math.min(255, (bright - mean) * 1.5 + mean));
        assertThat((double) result[i]).isCloseTo(expected, offset(1e-3));
      }
    }
  }

  static Stream<JsonNode> golden() {
    var cases = new ArrayList<JsonNode>();
    GOLDEN.get("cases").forEach(cases::add);
    return cases.stream();
  }

  /** Expected: the output of real Keras. The factors make the layers deterministic. */
  @ParameterizedTest
  @MethodSource("golden")
  void transformedImagesMatchKeras(JsonNode golden) {
    byte[] image = new byte[GOLDEN.get("image").size()];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) GOLDEN.get("image").get(i).intValue();
    }
    Augmentation augmentation =
        augmentation(golden.get("layer").toString(), GOLDEN.get("shape").toString());
    float[] result = new float[image.length];
    var pipeline =
        new ImagePipeline(
            augmentation,
            GOLDEN.get("shape").get(0).intValue(),
            GOLDEN.get("shape").get(1).intValue(),
            3);

    pipeline.apply(1, 0, 0, image, result, 0);

    JsonNode config = golden.get("layer").get("config");
    boolean fills = config.path("fill_mode").asText().equals("constant");
    int edge = 0;
    for (int i = 0; i < result.length; i++) {
      double expected = golden.get("output").get(i).doubleValue();
      // Within a pixel of the edge, Keras blends the image with the fill value.
      if (fills
          && result[i] == config.get("fill_value").floatValue()
          && Math.abs(result[i] - expected) > CLOSE) {
        edge++;
      } else {
        assertThat((double) result[i]).as("value %d", i).isCloseTo(expected, offset(CLOSE));
      }
    }
    assertThat(edge).isLessThan(3 * 2 * (12 + 16));
  }
}
