package io.millrace.trainer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.event.TrainingEvent.LayerSummary;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.LayerMasks;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.LayerEntry;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.ModelSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.dl4j.device.Backend;
import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.device.Residence;
import io.millrace.trainer.dl4j.layers.Stage;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import io.millrace.trainer.dl4j.weights.WeightSlot;
import io.millrace.trainer.network.Weights;
import io.millrace.trainer.onnx.OnnxFile;
import io.millrace.trainer.onnx.OnnxRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Compares every layer with Keras' numbers from {@code keras/layers.py}. */
class KerasLayersTest {
  /** All cases share a folder, because creating and deleting one takes longer than most cases. */
  @TempDir static Path folder;

  private static final List<Case> read = new ArrayList<>();

  /** A case of {@code layers.json}, displayed by its name. */
  record Case(JsonNode json) {
    @Override
    public String toString() {
      return json.get("name").textValue();
    }

    ModelSpec model() {
      if (json.has("keras")) {
        return new ModelSpec(null, json.get("keras"), null);
      }
      var layers = new ArrayList<LayerEntry>();
      json.get("layers").forEach(l -> layers.add(Messages.readStrictly(l, LayerEntry.class)));
      return new ModelSpec(layers, null, null);
    }

    List<Integer> shape(String field) {
      var shape = new ArrayList<Integer>();
      json.get(field).forEach(size -> shape.add(size.intValue()));
      return shape;
    }

    boolean isDifferentInTraining() {
      return !json.get("layers").findValues("dropout").isEmpty()
          || model().layers().stream()
              .map(LayerSpec::type)
              .anyMatch(
                  type ->
                      type.contains("Dropout")
                          || type.equals("GaussianNoise")
                          || type.equals("BatchNormalization"));
    }

    int batch() {
      return json.get("batch").intValue();
    }
  }

  static Stream<Case> cases() throws IOException {
    if (read.isEmpty()) {
      try (InputStream file = KerasLayersTest.class.getResourceAsStream("/keras/layers.json")) {
        new ObjectMapper().readTree(file).forEach(json -> read.add(new Case(json)));
      }
    }
    return read.stream();
  }

  /**
   * This test names a layer without a case. A layer without a rule or a stage fails in its case.
   */
  @Test
  void everyLayerHasATestCase() throws IOException {
    var types = new TreeSet<String>();
    cases().forEach(c -> types.addAll(c.json.get("layers").findValuesAsText("type")));
    assertThat(types)
        .containsAll(LayerSpec.all().stream().map(layer -> LayerSpec.type(layer)).toList());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputsAndGradientsMatchKeras(Case c) {
    try (var layers = new Layers(c)) {
      layers.compare();
    }
  }

  /** One case for each type of network. */
  static Stream<Case> casesByTypes() throws IOException {
    var types = new HashSet<List<String>>();
    return cases().filter(c -> types.add(c.json.get("layers").findValuesAsText("type")));
  }

  /** Tests on the CPU the stages for any ND4J backend, and those that a device runs on the host. */
  @ParameterizedTest
  @MethodSource("casesByTypes")
  void outputsAndGradientsOnADeviceMatchKeras(Case c) {
    try (var layers = new Layers(c, Residence.DEVICE)) {
      layers.compare();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shapesNamesAndParameterCountsMatchKeras(Case c) {
    NetworkPlan plan = NetworkPlan.of(c.model(), c.shape("input_shape"));
    assertThat(plan.layers().get(plan.layers().size() - 1).outputShape())
        .isEqualTo(c.shape("output_shape"));
    var names = new ArrayList<String>();
    c.json.get("names").forEach(name -> names.add(name.textValue()));
    // The plan of a Keras model may have more layers, which change the order of values.
    List<LayerSummary> layers =
        plan.layers().stream()
            .map(NetworkPlan.Layer::summary)
            .filter(layer -> !c.json.has("keras") || names.contains(layer.name()))
            .toList();
    assertThat(layers).hasSize(names.size());
    for (int i = 0; i < layers.size(); i++) {
      var summary = layers.get(i);
      assertThat(summary.parameters() + summary.nonTrainableParameters())
          .isEqualTo(c.json.get("parameters").get(i).longValue());
      assertThat(summary.name()).isEqualTo(c.json.get("names").get(i).textValue());
    }
  }

  /** Recurrent layers with an activation that ONNX's recurrent operators do not have. */
  static Stream<Case> recurrentCasesStepByStep() throws IOException {
    return cases()
        .filter(
            c ->
                !c.json.findValues("units").isEmpty() && c.toString().matches(".*(LSTM|GRU|RNN).*"))
        .map(
            c -> {
              ObjectNode json = c.json.deepCopy();
              recurrent(json.get("layers")).forEach(layer -> layer.put("activation", "hard_tanh"));
              return new Case(json);
            });
  }

  private static List<ObjectNode> recurrent(JsonNode layers) {
    var found = new ArrayList<ObjectNode>();
    for (JsonNode layer : layers) {
      JsonNode inner = layer.has("layer") ? layer.get("layer") : layer;
      if (inner.get("type").textValue().matches("LSTM|GRU|SimpleRNN")) {
        found.add((ObjectNode) inner);
      }
    }
    return found;
  }

  private static boolean isMasked(Case c) {
    NetworkPlan plan = NetworkPlan.of(c.model(), c.shape("input_shape"));
    return LayerMasks.applied(plan.layers()).stream().anyMatch(Objects::nonNull);
  }

  static Stream<Case> casesOfOnnx() throws IOException {
    return Stream.concat(cases(), recurrentCasesStepByStep()).filter(c -> !isMasked(c));
  }

  static Stream<Case> maskedCases() throws IOException {
    return cases().filter(KerasLayersTest::isMasked);
  }

  @ParameterizedTest
  @MethodSource("maskedCases")
  void aNetworkWithAMaskIsNotExportedToOnnx(Case c) {
    try (var layers = new Layers(c)) {
      Path file = folder.resolve("model.onnx");
      assertThatThrownBy(() -> OnnxFile.write(file, layers.plan, layers.weights()))
          .hasMessageStartingWith("a network with a mask of time steps cannot be exported");
    }
  }

  @ParameterizedTest
  @MethodSource("casesOfOnnx")
  void onnxRuntimeComputesTheSameOutputs(Case c) throws Exception {
    try (var layers = new Layers(c)) {
      Path file = folder.resolve("model.onnx");
      OnnxFile.write(file, layers.plan, layers.weights());
      float[] input = floats(c.json.get("input"));
      assertClose("output", OnnxRuntime.output(file, input, c.batch()), layers.evaluate());
    }
  }

  /** The layers of a case with the case's weights. */
  private static final class Layers implements AutoCloseable {
    private static final String SCOPE = "keras-layers-test";
    private static final WorkspaceConfiguration MEMORY =
        WorkspaceConfiguration.builder()
            .policyAllocation(AllocationPolicy.STRICT)
            .initialSize(1 << 20)
            .build();

    private final Case c;
    private final Residence residence;
    private final NetworkPlan plan;
    private final Dl4jModel network;
    private final StageGraph stages;
    private final INDArray parameters;
    private final INDArray gradient;
    private final List<WeightSlot> slots;

    Layers(Case c) {
      this(c, Residence.HOST);
    }

    Layers(Case c, Residence residence) {
      this.c = c;
      this.residence = residence;
      Backend.get();
      plan = NetworkPlan.of(c.model(), c.shape("input_shape"));
      TrainingRequest request = Samples.images(Loss.MSE, Samples.adam(1), Samples.dense(1, null));
      List<NetworkPart> parts = NetworkPart.of(plan);
      network = Dl4jModels.of(parts, plan.inputShape(), request);
      slots = WeightSlot.inKerasOrder(WeightSlot.of(parts));
      parameters = network.numParams() == 0 ? null : flat(network.params());
      gradient = parameters == null ? null : flat(network.gradients());
      assertThat(slots).hasSize(c.json.get("weights").size());
      for (int i = 0; i < slots.size(); i++) {
        float[] values = floats(c.json.get("weights").get(i));
        assertThat(values).hasSize(slots.get(i).variable().length());
        slots.get(i).write(values, parameters, residence);
      }
      var workspaces = LayerWorkspaceMgr.builder().defaultWorkspace(SCOPE, MEMORY).build();
      stages =
          new StageFactory(network, request, residence, workspaces, SCOPE, MEMORY)
              .stages(parts, false);
    }

    private static INDArray flat(INDArray array) {
      return array.reshape(array.length());
    }

    List<Weights> weights() {
      return slots.stream()
          .map(
              slot ->
                  new Weights(
                      slot.layer() + "/" + slot.variable().name(),
                      Arrays.stream(slot.variable().shape()).boxed().toList(),
                      () -> slot.read(parameters, residence)))
          .toList();
    }

    /** Returns the outputs of an evaluation, in Keras' order. */
    @SuppressWarnings("try")
    float[] evaluate() {
      try (MemoryWorkspace ws = Nd4j.getWorkspaceManager().getAndActivateWorkspace(MEMORY, SCOPE)) {
        INDArray values =
            stages.forward(toStages("input", c.shape("input_shape")), new Stage.Pass(false, 0));
        return asKeras(values, c.shape("output_shape"));
      }
    }

    @SuppressWarnings("try")
    void compare() {
      // Layers that behave alike in training and evaluation run in training mode: in an evaluation,
      // their stages do not keep all values that the backward pass needs.
      boolean training = c.json.get("training").booleanValue() || !c.isDifferentInTraining();
      try (MemoryWorkspace ws = Nd4j.getWorkspaceManager().getAndActivateWorkspace(MEMORY, SCOPE)) {
        INDArray values =
            stages.forward(toStages("input", c.shape("input_shape")), new Stage.Pass(training, 0));
        close("output", values, c.shape("output_shape"));
        INDArray epsilon = toStages("cotangent", c.shape("output_shape"));
        INDArray ofInput = stages.backward(epsilon, false);
        close("input_gradient", ofInput, c.shape("input_shape"));
        for (int i = 0; i < slots.size(); i++) {
          if (!plan.layers().get(slots.get(i).layer()).trainable()) {
            // No optimizer uses the gradient of a frozen layer.
            continue;
          }
          JsonNode expected = c.json.get("gradients").get(i);
          float[] actual = slots.get(i).read(gradient, residence);
          String name = slots.get(i).variable().name();
          assertClose(
              name, actual, expected.isNull() ? new float[actual.length] : floats(expected));
        }
        for (int i = 0; i < slots.size(); i++) {
          JsonNode moved = c.json.get("moved").get(i);
          JsonNode expected = moved.isNull() ? c.json.get("weights").get(i) : moved;
          assertClose(
              slots.get(i).variable().name(),
              slots.get(i).read(parameters, residence),
              floats(expected));
        }
      }
    }

    private INDArray toStages(String field, List<Integer> shape) {
      float[] keras = floats(c.json.get(field));
      float[] values = new float[keras.length];
      for (int i = 0; i < keras.length; i++) {
        values[place(i, shape)] = keras[i];
      }
      return switch (shape.size()) {
        case 1 -> Floats.array(values, c.batch(), shape.get(0));
        case 2 -> Floats.array(values, shape.get(0), c.batch(), shape.get(1));
        default -> Floats.array(values, c.batch(), shape.get(2), shape.get(0), shape.get(1));
      };
    }

    private void close(String field, INDArray actual, List<Integer> shape) {
      assertClose(field, asKeras(actual, shape), floats(c.json.get(field)));
    }

    private float[] asKeras(INDArray values, List<Integer> shape) {
      float[] stage = Floats.read(values);
      float[] keras = new float[stage.length];
      for (int i = 0; i < keras.length; i++) {
        keras[i] = stage[place(i, shape)];
      }
      return keras;
    }

    /**
     * Returns the index, in the stages' order, of value i of {@code [batch, ...]} in Keras' order.
     */
    private int place(int i, List<Integer> shape) {
      int last = shape.get(shape.size() - 1);
      if (shape.size() == 1) {
        return i;
      }
      if (shape.size() == 2) {
        int time = shape.get(0);
        int sample = i / (time * last);
        return (i / last % time * c.batch() + sample) * last + i % last;
      }
      int pixels = shape.get(0) * shape.get(1);
      int sample = i / (pixels * last);
      return (sample * last + i % last) * pixels + i / last % pixels;
    }

    @Override
    public void close() {
      stages.close();
      if (parameters != null) {
        // Frees what network.close() frees, but without its System.gc() for each case.
        network.gradients().close();
        network.params().close();
      }
    }
  }

  /**
   * Checks within the single precision of a sum of some hundred terms. If values overflow, errors
   * of the exponential function dominate, and the tolerance is ten times as large.
   */
  private static void assertClose(String what, float[] actual, float[] expected) {
    assertThat(actual).as(what).hasSize(expected.length);
    double most = 1;
    boolean overflows = false;
    for (float value : expected) {
      overflows |= Float.isInfinite(value);
      most = Float.isFinite(value) ? Math.max(most, Math.abs(value)) : most;
    }
    double tolerance = (overflows ? 1e-4 : 1e-5) * most;
    for (int i = 0; i < actual.length; i++) {
      // NaN fails, too. An assertion for each number would take longer than its computation.
      boolean isClose = Math.abs((double) actual[i] - expected[i]) <= tolerance;
      if (!isClose && actual[i] != expected[i]) {
        fail("%s[%d] is %s, not %s within %s", what, i, actual[i], expected[i], tolerance);
      }
    }
  }

  private static float[] floats(JsonNode numbers) {
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i).floatValue();
    }
    return values;
  }
}
