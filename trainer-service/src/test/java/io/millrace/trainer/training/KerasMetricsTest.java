package io.millrace.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.Metric;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.Safetensors.Tensor;
import io.millrace.trainer.dl4j.Samples;
import io.millrace.trainer.network.Labels;
import io.millrace.trainer.network.Network.Outputs;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares metrics with Keras' numbers from {@code keras_metrics.py}. */
class KerasMetricsTest {
  private static final DatasetSpec IMAGES =
      new DatasetSpec.Images("images", null, null, null, null, null, null);
  private static final DatasetSpec SERIES =
      new DatasetSpec.Series("series", "value", null, null, null, null, null, null, null);

  static Stream<JsonNode> cases() throws IOException {
    var file = KerasMetricsTest.class.getResourceAsStream("keras_metrics.json");
    return StreamSupport.stream(new ObjectMapper().readTree(file).spliterator(), false);
  }

  /** After each batch, the sums are written as a checkpoint's JSON and read again. */
  @ParameterizedTest
  @MethodSource("cases")
  void metricsOverTwoBatchesMatchKeras(JsonNode given) {
    var metrics = List.of(Metric.parse(given.get("metric").textValue()));
    MetricSums sums = MetricSums.ZERO;
    for (JsonNode batch : given.get("batches")) {
      float[] outputs = floats(batch.get("outputs"));
      sums = sums.plus(new Outputs(0, outputs), labels(given, batch), metrics);
      sums = Messages.read(Messages.write(sums), MetricSums.class);
    }

    assertThat(sums.means("val_", metrics).get("val_" + given.get("metric").textValue()))
        .isCloseTo(
            given.get("value").doubleValue(),
            within(2e-6 + 1e-5 * given.get("value").doubleValue()));
  }

  private static Labels labels(JsonNode given, JsonNode batch) {
    float[] values = floats(batch.get("labels"));
    int width = given.get("width").intValue();
    int size = values.length / width;
    boolean classes = given.get("kind").textValue().equals("classes");
    Tensor tensor =
        classes && width == 1 ? Samples.ints(ints(values)) : Samples.floats(values, size, width);
    var made =
        Samples.batch(DType.F32, List.of(size, 1, 1), Samples.bytes(new float[size]), tensor, 1);
    return Labels.of(made, classes ? IMAGES : SERIES);
  }

  private static int[] ints(float[] values) {
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = (int) values[i];
    }
    return ints;
  }

  private static float[] floats(JsonNode numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i).floatValue();
    }
    return floats;
  }
}
