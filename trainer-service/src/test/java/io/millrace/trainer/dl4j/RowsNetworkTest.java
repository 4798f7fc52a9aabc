package io.millrace.trainer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.SeriesScale;
import io.millrace.contracts.tensor.DType;
import io.millrace.trainer.dl4j.device.Residence;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Weights;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks whose samples are rows {@code [features]}, and windows of several features. */
class RowsNetworkTest {
  private static final int FEATURES = 5;

  private static TrainingRequest request(String dataset, String loss, String layers) {
    return Messages.readRequest(
        """
        {"run":"r","seed":3,"dataset":{"name":"d",%s},"loss":"%s",
         "optimizer":{"type":"Adam","learning_rate":0.02},"model":{"layers":[%s]}}
        """
            .formatted(dataset, loss, layers)
            .getBytes(StandardCharsets.UTF_8));
  }

  private static DatasetDescription classes() {
    return new DatasetDescription(
        null, List.of(FEATURES), 100, 0, 20, List.of("a", "b", "c"), null, null, null);
  }

  /** Rows whose class is that of the largest of their first three features. */
  private static Batch batch(int size, long seed) {
    var random = new Random(seed);
    float[] features = new float[size * FEATURES];
    int[] labels = new int[size];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < size; i++) {
      for (int c = 1; c < 3; c++) {
        labels[i] = features[i * FEATURES + c] > features[i * FEATURES + labels[i]] ? c : labels[i];
      }
    }
    return Samples.batch(
        DType.F32, List.of(size, FEATURES), Samples.bytes(features), Samples.ints(labels), 1);
  }

  @Test
  void aDenseLayerMultipliesARowByTheKernelAndAddsTheBias() {
    TrainingRequest request =
        request("\"target\":\"t\"", "mse", "{\"type\":\"Dense\",\"units\":3}");
    try (var network = create(request, classes())) {
      Map<String, float[]> weights = new HashMap<>();
      for (Weights one : network.weights()) {
        weights.put(one.name().replaceAll(".*[/.]", ""), one.values().get());
      }
      Batch batch = batch(4, 1);
      float[] outputs = network.evaluate(batch).values();
      float[] kernel = weights.get("kernel");
      for (int i = 0; i < 4; i++) {
        for (int unit = 0; unit < 3; unit++) {
          double sum = weights.get("bias")[unit];
          for (int f = 0; f < FEATURES; f++) {
            sum += batch.features().data().getFloat((i * FEATURES + f) * 4) * kernel[f * 3 + unit];
          }
          assertThat((double) outputs[i * 3 + unit]).isCloseTo(sum, within(1e-5));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'Dense','units':16,'activation':'relu'},{'type':'Dropout','rate':0.1},",
        "{'type':'BatchNormalization'},{'type':'Dense','units':16,'activation':'gelu'},",
        "{'type':'LayerNormalization'},{'type':'Dense','units':16,'activation':'tanh'},",
        "{'type':'Dropout','rate':0.05},{'type':'Flatten'},{'type':'Dense','units':16},",
        "{'type':'GaussianNoise','stddev':0.1},{'type':'Dense','units':16},"
      })
  void networksLearnToClassifyRows(String layers) {
    TrainingRequest request =
        request(
            "\"target\":\"t\"",
            "categorical_crossentropy",
            (layers + "{'type':'Dense','units':3,'activation':'softmax'}").replace('\'', '"'));
    try (var network = create(request, classes())) {
      double first = network.evaluate(batch(200, 99)).loss();
      for (int step = 0; step < 150; step++) {
        network.step(batch(32, step), step);
      }
      assertThat(network.evaluate(batch(200, 99)).loss()).isLessThan(Math.min(0.45, first));
    }
  }

  /**
   * The target is the second feature of the last row, so the network must use more than the first
   * feature.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'LSTM','units':12},",
        "{'type':'GRU','units':12},",
        "{'type':'Conv1D','filters':8,'kernel_size':2,'activation':'relu'},{'type':'Flatten'},",
        "{'type':'Flatten'},"
      })
  void networksLearnFromWindowsOfSeveralFeatures(String layers) {
    TrainingRequest request =
        request(
            "\"columns\":[\"a\",\"b\",\"c\"],\"target\":\"y\",\"window\":4",
            "mse",
            (layers + "{'type':'Dense','units':1}").replace('\'', '"'));
    var data =
        new DatasetDescription(
            null, List.of(4, 3), 100, 0, 20, null, null, new SeriesScale(1.0, 0.0, 1, null), null);
    try (var network = create(request, data)) {
      for (int step = 0; step < 300; step++) {
        network.step(windows(32, step), step);
      }
      assertThat(network.evaluate(windows(100, 999)).loss()).isLessThan(0.1);
    }
  }

  private static Batch windows(int size, long seed) {
    var random = new Random(seed);
    float[] features = new float[size * 12];
    float[] labels = new float[size];
    for (int i = 0; i < features.length; i++) {
      features[i] = random.nextFloat() * 2 - 1;
    }
    for (int i = 0; i < size; i++) {
      labels[i] = features[i * 12 + 10];
    }
    return Samples.batch(
        DType.F32,
        List.of(size, 4, 3),
        Samples.bytes(features),
        Samples.floats(labels, size, 1),
        1);
  }

  private static Dl4jNetwork create(TrainingRequest request, DatasetDescription data) {
    return new Dl4jNetwork(NetworkPlan.of(request, data), request, Residence.HOST);
  }
}
