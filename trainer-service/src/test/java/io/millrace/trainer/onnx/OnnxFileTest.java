package io.millrace.trainer.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.ModelSpec;
import io.millrace.contracts.request.ReshapingSpec;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.ColumnScale;
import io.millrace.contracts.task.DatasetDescription.SeriesScale;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.SafetensorsLayout;
import io.millrace.contracts.tensor.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the preprocessing before the network against the formulas of Keras' {@code standardize}.
 */
class OnnxFileTest {
  private static final float[] LEVELS = {0, 51, 102, 204, 255, 153, 17, 34};

  @TempDir Path folder;

  @Test
  void imagesAreRescaled() throws Exception {
    assertThat(images("{}", Optional.empty()))
        .containsExactly(
            new float[] {0, 0.2f, 0.4f, 0.8f, 1, 0.6f, 17 / 255f, 34 / 255f}, within(1e-6f));
    assertThat(images("{\"rescale\": 1}", Optional.empty())).containsExactly(LEVELS);
  }

  @Test
  void eachImageIsStandardizedByItsOwnStatistics() throws Exception {
    float[] made =
        images(
            "{\"rescale\": 1, \"samplewise_center\": true, \"samplewise_std_normalization\": true}",
            Optional.empty());
    // The means of the two images, of four values each, are 89.25 and 114.75.
    double first = deviation(89.25, 0, 51, 102, 204);
    double second = deviation(114.75, 255, 153, 17, 34);
    assertThat(made[0]).isCloseTo((float) (-89.25 / first), within(1e-5f));
    assertThat(made[3]).isCloseTo((float) (114.75 / first), within(1e-5f));
    assertThat(made[4]).isCloseTo((float) (140.25 / second), within(1e-5f));
    assertThat(made[7]).isCloseTo((float) (-80.75 / second), within(1e-5f));
  }

  private static double deviation(double mean, double... values) {
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / values.length) + 1e-6;
  }

  @Test
  void imagesAreStandardizedByTheDataSetStatistics() throws Exception {
    byte[] statistics = statistics(100, 50, null);
    float[] made =
        images(
            "{\"rescale\": 1, \"featurewise_center\": true, \"featurewise_std_normalization\": true}",
            Optional.of(statistics));
    for (int i = 0; i < LEVELS.length; i++) {
      assertThat(made[i]).isCloseTo((LEVELS[i] - 100) / 50, within(1e-5f));
    }
    assertThat(images("{\"rescale\": 1, \"featurewise_center\": true}", Optional.of(statistics))[4])
        .isEqualTo(155);
  }

  @Test
  void imagesAreWhitened() throws Exception {
    // Output j is the product of the values and column j of the matrix.
    float[] matrix = {
      0, 1, 0, 0,
      0, 0, 2, 0,
      0, 0, 0, 3,
      4, 0, 0, 1
    };
    float[] made =
        images(
            "{\"rescale\": 1, \"zca_whitening\": true, \"featurewise_center\": true}",
            Optional.of(statistics(0, 1, matrix)));
    assertThat(made)
        .containsExactly(new float[] {816, 0, 102, 510, 136, 255, 306, 85}, within(1e-4f));
  }

  @Test
  void inputsInColumnUnitsAreScaledPerColumn() throws Exception {
    var scale =
        new SeriesScale(
            2.0,
            10.0,
            1,
            null,
            null,
            null,
            List.of(new ColumnScale("a", 2.0, 10.0), new ColumnScale("b", 0.5, -1.0)),
            List.of(new ColumnScale("a", 2.0, 10.0)));
    var data = new DatasetDescription(1, List.of(2, 2), 1, 0, 1, null, null, scale, 0);
    assertThat(written(List.of(2, 2), "{}", data, Optional.empty(), 10, -1, 14, 0))
        .containsExactly(0, 0, 2, 2);
    var one = new SeriesScale(2.0, 10.0, 1, null);
    var single = new DatasetDescription(1, List.of(3, 1), 1, 0, 1, null, null, one, 0);
    assertThat(written(List.of(3, 1), "{}", single, Optional.empty(), 10, 12, 8))
        .containsExactly(0, 1, -1);
  }

  @Test
  void samplesAreReshapedToTheInputShapeOfTheNetwork() throws Exception {
    var data =
        new DatasetDescription(1, List.of(2, 2, 1), 1, 0, 1, List.of("a", "b"), null, null, 0);
    Path file = folder.resolve("model.onnx");
    var model = new ModelSpec(List.of(new ReshapingSpec.RepeatVector("twice", 2)));
    OnnxFile.write(
        file,
        NetworkPlan.of(model, List.of(4)),
        List.of(),
        Messages.read(
            "{\"rescale\": 1, \"samplewise_center\": true}".getBytes(StandardCharsets.UTF_8),
            Augmentation.class),
        data,
        Optional.empty(),
        Map.of());
    assertThat(OnnxRuntime.output(file, new float[] {1, 2, 3, 6}, 1))
        .containsExactly(-2, -1, 0, 3, -2, -1, 0, 3);
  }

  private float[] images(String augmentation, Optional<byte[]> statistics) throws Exception {
    var data =
        new DatasetDescription(1, List.of(2, 2, 1), 1, 0, 1, List.of("a", "b"), null, null, 0);
    return written(List.of(2, 2, 1), augmentation, data, statistics, LEVELS);
  }

  /** The output of a network that only flattens values. */
  private float[] written(
      List<Integer> shape,
      String augmentation,
      DatasetDescription data,
      Optional<byte[]> statistics,
      float... input)
      throws Exception {
    Path file = folder.resolve("model.onnx");
    var plan = NetworkPlan.of(new ModelSpec(List.of(new ReshapingSpec.Flatten("flat"))), shape);
    OnnxFile.write(
        file,
        plan,
        List.of(),
        Messages.read(augmentation.getBytes(StandardCharsets.UTF_8), Augmentation.class),
        data,
        statistics,
        Map.of("version", "1"));
    int values = shape.stream().reduce(1, (a, b) -> a * b);
    return OnnxRuntime.output(file, input, input.length / values);
  }

  private static byte[] statistics(double mean, double std, float[] zca) {
    var tensors =
        zca == null
            ? List.of(
                new TensorSpec("mean", DType.F64, List.of(1)),
                new TensorSpec("std", DType.F64, List.of(1)))
            : List.of(
                new TensorSpec("mean", DType.F64, List.of(1)),
                new TensorSpec("std", DType.F64, List.of(1)),
                new TensorSpec("zca", DType.F32, List.of(4, 4)));
    var layout = new SafetensorsLayout(tensors, Map.of());
    byte[] file = new byte[layout.bytes()];
    layout.writeHeader(file);
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putDouble(layout.offset("mean"), mean);
    bytes.putDouble(layout.offset("std"), std);
    if (zca != null) {
      bytes
          .position(layout.offset("zca"))
          .slice()
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .put(zca);
    }
    return file;
  }
}
