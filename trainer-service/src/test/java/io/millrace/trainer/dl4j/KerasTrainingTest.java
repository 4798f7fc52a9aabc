package io.millrace.trainer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.LayerEntry;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.ModelSpec;
import io.millrace.contracts.request.OptimizerSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.tensor.DType;
import io.millrace.trainer.dl4j.device.Backend;
import io.millrace.trainer.dl4j.device.Residence;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import io.millrace.trainer.dl4j.weights.WeightSlot;
import io.millrace.trainer.network.Batch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Trains networks of many layers, with penalties and constraints, and compares them with Keras'
 * numbers from {@code keras/training.py}.
 */
class KerasTrainingTest {
  @TempDir Path folder;

  /** A training in {@code training.json}. */
  private record Training(JsonNode json, NetworkPlan plan, TrainingRequest request) {
    static Training named(String name) throws IOException {
      try (InputStream file = KerasTrainingTest.class.getResourceAsStream("/keras/training.json")) {
        for (JsonNode json : new ObjectMapper().readTree(file)) {
          if (json.get("name").textValue().equals(name)) {
            return of(json);
          }
        }
        throw new AssertionError(name);
      }
    }

    private static Training of(JsonNode json) {
      var layers = new ArrayList<LayerEntry>();
      json.get("layers").forEach(l -> layers.add(Messages.readStrictly(l, LayerEntry.class)));
      var model = new ModelSpec(layers, null, null);
      boolean images = json.get("input_shape").size() == 3;
      TrainingRequest request =
          images
              ? Samples.images(
                  Loss.CATEGORICAL_CROSSENTROPY, new OptimizerSpec.SGD(0.1, 0.9, null), model)
              : Samples.series(Samples.adam(0.01), model);
      var data = images ? Samples.imageData(7, 6, 2, 3) : Samples.seriesData(8, 2);
      return new Training(json, NetworkPlan.of(request, data), request);
    }

    Dl4jNetwork network() {
      Backend.get();
      return new Dl4jNetwork(plan, request, Residence.HOST);
    }

    List<WeightSlot> slots() {
      return WeightSlot.of(NetworkPart.of(plan)).stream()
          .sorted(
              Comparator.comparingInt(WeightSlot::layer)
                  .thenComparingInt(slot -> slot.variable().rank()))
          .toList();
    }

    void start(Dl4jNetwork network) {
      for (int i = 0; i < slots().size(); i++) {
        slots().get(i).write(floats("start", i), vector(network), Residence.HOST);
      }
    }

    Batch batch() {
      float[] input = floats(json.get("input"));
      float[] labels = floats(json.get("labels"));
      if (json.get("input_shape").size() == 3) {
        int[] classes = new int[labels.length];
        for (int i = 0; i < classes.length; i++) {
          classes[i] = (int) labels[i];
        }
        return Samples.batch(
            DType.F32, List.of(6, 7, 6, 2), Samples.bytes(input), Samples.ints(classes), 1);
      }
      return Samples.batch(
          DType.F32, List.of(5, 8, 1), Samples.bytes(input), Samples.floats(labels, 5, 2), 1);
    }

    float[] floats(String field, int i) {
      return floats(json.get(field).get(i));
    }

    private static float[] floats(JsonNode numbers) {
      float[] values = new float[numbers.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = numbers.get(i).floatValue();
      }
      return values;
    }

    static INDArray vector(Dl4jNetwork network) {
      return network.model().params().reshape(network.model().numParams());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"images", "series", "head", "residual", "branches", "activities"})
  void lossesAndWeightsMatchKeras(String name) throws IOException {
    Training training = Training.named(name);
    try (Dl4jNetwork network = training.network()) {
      training.start(network);
      for (int step = 0; step < 4; step++) {
        assertThat(network.step(training.batch(), step).loss())
            .as("loss of step %d", step)
            .isCloseTo(training.json.get("losses").get(step).doubleValue(), within(2e-4));
      }
      for (int i = 0; i < training.slots().size(); i++) {
        WeightSlot slot = training.slots().get(i);
        assertThat(slot.read(Training.vector(network), Residence.HOST))
            .as(slot.variable().name())
            .containsExactly(training.floats("end", i), within(5e-4f));
      }
      assertThat(network.evaluate(training.batch()).loss())
          .isCloseTo(training.json.get("evaluation").doubleValue(), within(5e-4));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"images", "series", "head", "residual", "branches", "activities"})
  void aRestoredNetworkContinuesBitForBit(String name) throws IOException {
    Training training = Training.named(name);
    Path file = folder.resolve(name + ".zip");
    var straight = new ArrayList<Double>();
    var resumed = new ArrayList<Double>();
    try (Dl4jNetwork network = training.network()) {
      for (int step = 0; step < 6; step++) {
        if (step == 3) {
          network.save(file);
        }
        straight.add(network.step(training.batch(), step).loss());
      }
      straight.add(network.evaluate(training.batch()).loss());
    }
    try (Dl4jNetwork network = training.network()) {
      network.restore(file);
      for (int step = 3; step < 6; step++) {
        resumed.add(network.step(training.batch(), step).loss());
      }
      resumed.add(network.evaluate(training.batch()).loss());
    }
    assertThat(resumed).isEqualTo(straight.subList(3, 7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"images", "series", "head", "residual", "branches", "activities"})
  void deeplearning4jPredictsTheSameWithASavedNetwork(String name) throws IOException {
    Training training = Training.named(name);
    Path file = folder.resolve(name + ".zip");
    try (Dl4jNetwork network = training.network()) {
      training.start(network);
      network.step(training.batch(), 0);
      network.save(file);
      float[] expected = network.evaluate(training.batch()).values();
      INDArray input = new BatchInput(Residence.HOST).of(training.batch());
      INDArray features = input.rank() == 4 ? input : input.permute(1, 2, 0).dup('c');
      INDArray output =
          training.plan.isChain()
              ? ModelSerializer.restoreMultiLayerNetwork(file.toFile(), true).output(features)
              : ModelSerializer.restoreComputationGraph(file.toFile(), true).outputSingle(features);
      assertThat(output.dup('c').data().asFloat()).containsExactly(expected, within(1e-5f));
    }
  }
}
