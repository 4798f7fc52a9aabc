package io.millrace.trainer.dl4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.RegularizationSpec;
import io.millrace.trainer.dl4j.device.Backend;
import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NoiseStageTest {
  private static final int COUNT = 100_000;

  static Stream<LayerSpec> noises() {
    return Stream.of(
        new RegularizationSpec.SpatialDropout1D(null, 0.3),
        new RegularizationSpec.GaussianDropout(null, 0.3),
        new RegularizationSpec.GaussianNoiseLayer(null, 0.3),
        new RegularizationSpec.AlphaDropout(null, 0.3));
  }

  private static INDArray series(float value) {
    Backend.get();
    return Nd4j.valueArrayOf(new long[] {2, COUNT / 20, 10}, value).castTo(Nd4j.dataType());
  }

  private static float[] forward(LayerSpec spec, long seed, INDArray input, Stage.Pass pass) {
    return Floats.read(stage(spec, seed).forward(input, pass));
  }

  private static Stage stage(LayerSpec spec, long seed) {
    List<Integer> shape = List.of(COUNT);
    var part = NetworkPart.alone("noise", spec, List.of(shape), shape);
    return KerasStages.of(part, new KerasStages.Setting(Map.of(), Map.of(), seed, false));
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double variance(float[] values) {
    double mean = mean(values);
    double sum = 0;
    for (float value : values) {
      sum += (value - mean) * (value - mean);
    }
    return sum / values.length;
  }

  @ParameterizedTest
  @MethodSource("noises")
  void evaluationChangesNothing(LayerSpec spec) {
    assertThat(forward(spec, 1, series(0.5f), new Stage.Pass(false, 0))).containsOnly(0.5f);
  }

  @ParameterizedTest
  @MethodSource("noises")
  void theSeedAndStepDetermineTheNoise(LayerSpec spec) {
    float[] drawn = forward(spec, 1, series(0.5f), new Stage.Pass(true, 3));
    assertThat(forward(spec, 1, series(0.5f), new Stage.Pass(true, 3))).isEqualTo(drawn);
    assertThat(forward(spec, 1, series(0.5f), new Stage.Pass(true, 4))).isNotEqualTo(drawn);
    assertThat(forward(spec, 2, series(0.5f), new Stage.Pass(true, 3))).isNotEqualTo(drawn);
  }

  /** The returned gradient is the slope between two inputs with the same draw. */
  @ParameterizedTest
  @MethodSource("noises")
  void theGradientIsTheSlopeOfTheOutput(LayerSpec spec) {
    var pass = new Stage.Pass(true, 5);
    float[] low = forward(spec, 1, series(0), pass);
    Stage stage = stage(spec, 1);
    float[] high = Floats.read(stage.forward(series(1), pass));
    float[] slope = Floats.read(stage.backward(series(1)));
    for (int i = 0; i < COUNT; i++) {
      assertThat(slope[i]).isCloseTo(high[i] - low[i], within(1e-6f));
    }
  }

  @Test
  void gaussianNoiseHasTheGivenStandardDeviation() {
    float[] drawn =
        forward(
            new RegularizationSpec.GaussianNoiseLayer(null, 0.3),
            1,
            series(2),
            new Stage.Pass(true, 0));
    assertThat(mean(drawn)).isCloseTo(2, within(5 * 0.3 / Math.sqrt(COUNT)));
    assertThat(variance(drawn)).isCloseTo(0.09, within(0.09 * 5 * Math.sqrt(2.0 / COUNT)));
  }

  @Test
  void gaussianDropoutHasTheVarianceOfDropout() {
    float[] drawn =
        forward(
            new RegularizationSpec.GaussianDropout(null, 0.2),
            1,
            series(1),
            new Stage.Pass(true, 0));
    assertThat(mean(drawn)).isCloseTo(1, within(5 * 0.5 / Math.sqrt(COUNT)));
    assertThat(variance(drawn)).isCloseTo(0.25, within(0.25 * 5 * Math.sqrt(2.0 / COUNT)));
  }

  @Test
  void alphaDropoutKeepsMeanAndVariance() {
    var random = new java.util.Random(1);
    float[] values = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      values[i] = (float) random.nextGaussian();
    }
    Backend.get();
    INDArray input = Floats.array(values, COUNT / 10, 10);
    float[] drawn =
        forward(new RegularizationSpec.AlphaDropout(null, 0.3), 1, input, new Stage.Pass(true, 0));
    assertThat(mean(drawn)).isCloseTo(0, within(0.02));
    assertThat(variance(drawn)).isCloseTo(1, within(0.03));
  }

  @Test
  void spatialDropoutDropsAFeatureAtAllTimeSteps() {
    float[] drawn =
        forward(
            new RegularizationSpec.SpatialDropout1D(null, 0.2),
            1,
            series(1),
            new Stage.Pass(true, 0));
    int dropped = 0;
    for (int i = 0; i < COUNT / 2; i++) {
      assertThat(drawn[i]).isIn(0f, 1.25f).isEqualTo(drawn[COUNT / 2 + i]);
      dropped += drawn[i] == 0 ? 1 : 0;
    }
    assertThat(dropped / (COUNT / 2.0)).isCloseTo(0.2, within(5 * Math.sqrt(0.16 / (COUNT / 2.0))));
  }

  @Test
  void spatialDropoutDropsWholeChannelsOfAnImage() {
    Backend.get();
    INDArray images = Nd4j.ones(50, 8, 3, 5);
    float[] drawn =
        forward(
            new RegularizationSpec.SpatialDropout2D(null, 0.5), 1, images, new Stage.Pass(true, 0));
    int dropped = 0;
    for (int channel = 0; channel < 400; channel++) {
      for (int i = 0; i < 15; i++) {
        assertThat(drawn[channel * 15 + i]).isIn(0f, 2f).isEqualTo(drawn[channel * 15]);
      }
      dropped += drawn[channel * 15] == 0 ? 1 : 0;
    }
    assertThat(dropped / 400.0).isCloseTo(0.5, within(5 * Math.sqrt(0.25 / 400)));
  }

  /** Keras' EfficientNets use the noise shape [null, 1, 1, 1]. */
  @Test
  void dropoutWithANoiseShapeCanDropWholeSamples() {
    Backend.get();
    INDArray images = Nd4j.ones(400, 4, 3, 5);
    float[] drawn =
        forward(
            new RegularizationSpec.Dropout(null, 0.5, Arrays.asList(null, 1, 1, 1)),
            1,
            images,
            new Stage.Pass(true, 0));
    int dropped = 0;
    for (int sample = 0; sample < 400; sample++) {
      for (int i = 0; i < 60; i++) {
        assertThat(drawn[sample * 60 + i]).isIn(0f, 2f).isEqualTo(drawn[sample * 60]);
      }
      dropped += drawn[sample * 60] == 0 ? 1 : 0;
    }
    assertThat(dropped / 400.0).isCloseTo(0.5, within(5 * Math.sqrt(0.25 / 400)));
  }

  @Test
  void dropoutWithANoiseShapeCanDropRowsOfAnImage() {
    Backend.get();
    INDArray images = Nd4j.ones(40, 4, 3, 5);
    float[] drawn =
        forward(
            new RegularizationSpec.Dropout(null, 0.5, Arrays.asList(null, null, 1, 1)),
            1,
            images,
            new Stage.Pass(true, 0));
    var rows = new HashSet<List<Float>>();
    for (int sample = 0; sample < 40; sample++) {
      for (int i = 0; i < 60; i++) {
        int row = i / 5 % 3;
        assertThat(drawn[sample * 60 + i]).isEqualTo(drawn[sample * 60 + row * 5]);
      }
      rows.add(List.of(drawn[sample * 60], drawn[sample * 60 + 5], drawn[sample * 60 + 10]));
    }
    assertThat(rows).as("each row is dropped independently").hasSize(8);
  }

  @Test
  void dropoutWithANoiseShapeCanDropTimeStepsOfASeries() {
    Backend.get();
    INDArray series = Nd4j.ones(6, 50, 4);
    float[] drawn =
        forward(
            new RegularizationSpec.Dropout(null, 0.5, Arrays.asList(null, 6, 1)),
            1,
            series,
            new Stage.Pass(true, 0));
    int dropped = 0;
    for (int row = 0; row < 300; row++) {
      for (int i = 0; i < 4; i++) {
        assertThat(drawn[row * 4 + i]).isIn(0f, 2f).isEqualTo(drawn[row * 4]);
      }
      dropped += drawn[row * 4] == 0 ? 1 : 0;
    }
    assertThat(dropped / 300.0).isCloseTo(0.5, within(5 * Math.sqrt(0.25 / 300)));
  }
}
