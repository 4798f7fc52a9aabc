package io.millrace.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.InitialWeights;
import io.millrace.contracts.request.ModelSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.SafetensorsLayout;
import io.millrace.contracts.tensor.TensorSpec;
import io.millrace.trainer.SoftmaxRegression;
import io.millrace.trainer.network.Network;
import io.millrace.trainer.store.FolderStore;
import io.millrace.trainer.store.ModelVersionStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartingWeightsTest {
  private static final TrainingRequest REQUEST =
      Messages.readRequest(
          """
          {"dataset": {"name": "s", "column": "v", "window": 3},
           "model": {"layers": [{"type": "Dense", "units": 1}]}, "loss": "mse"}
          """
              .getBytes(StandardCharsets.UTF_8));

  @TempDir Path folder;

  private ModelVersionStore store;

  private final NetworkPlan plan =
      NetworkPlan.of(new ModelSpec(REQUEST.model().layers()), List.of(3));

  private final Network network = new SoftmaxRegression(plan, REQUEST);

  @BeforeEach
  void open() throws IOException {
    store = new ModelVersionStore(new FolderStore(folder));
  }

  private void file(String name, List<TensorSpec> tensors, float... values) throws IOException {
    var layout = new SafetensorsLayout(tensors, Map.of());
    byte[] file = new byte[layout.bytes()];
    layout.writeHeader(file);
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(layout.bytes() - values.length * Float.BYTES);
    for (float value : values) {
      bytes.putFloat(value);
    }
    Files.createDirectories(folder.resolve(name).getParent());
    Files.write(folder.resolve(name), file);
  }

  private static TensorSpec tensor(String name, Integer... shape) {
    return new TensorSpec(name, DType.F32, List.of(shape));
  }

  private void give(InitialWeights weights) throws IOException {
    new StartingWeights(store, weights).give(network, plan);
  }

  private static InitialWeights file() {
    return new InitialWeights(null, "pretrained/it.safetensors", null);
  }

  @Test
  void variablesAreLoadedByName() throws IOException {
    file(
        "pretrained/it.safetensors",
        List.of(tensor("other/kernel", 2), tensor("dense/bias", 1), tensor("dense/kernel", 3, 1)),
        8,
        9,
        4,
        1,
        2,
        3);

    give(file());

    assertThat(network.weights().get(0).values().get()).containsExactly(1, 2, 3);
    assertThat(network.weights().get(1).values().get()).containsExactly(4);
  }

  @Test
  void theNewestWeightsOfARunAreLoaded() throws IOException {
    var tensors = List.of(tensor("dense/kernel", 3, 1), tensor("dense/bias", 1));
    file("before/v9/weights.safetensors", tensors, 1, 1, 1, 1);
    file("before/v10/weights.safetensors", tensors, 2, 2, 2, 2);

    give(new InitialWeights("before", null, null));

    assertThat(network.weights().get(0).values().get()).containsExactly(2, 2, 2);
  }

  @Test
  void missingOrUnsuitableWeightsAreRefusedWithTheReason() throws IOException {
    file("pretrained/it.safetensors", List.of(tensor("dense/kernel", 4, 1)), 1, 2, 3, 4);
    assertThatThrownBy(() -> give(file()))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(
            "initial_weights.file: 'dense/kernel' has shape [4, 1] in the weights, but [3, 1] in"
                + " this network; put 'dense' into initial_weights.skip to start that layer from"
                + " random weights");

    file("pretrained/it.safetensors", List.of(tensor("dense/kernel", 3, 1)), 1, 2, 3);
    assertThatThrownBy(() -> give(file()))
        .hasMessageStartingWith("initial_weights.file: has no variable 'dense/bias'");

    file(
        "pretrained/it.safetensors",
        List.of(new TensorSpec("dense/kernel", DType.F64, List.of(3, 1))),
        1,
        2,
        3,
        4,
        5,
        6);
    assertThatThrownBy(() -> give(file()))
        .hasMessage("initial_weights.file: 'dense/kernel' has type F64; give F32");

    Files.writeString(folder.resolve("pretrained/it.safetensors"), "no tensors");
    assertThatThrownBy(() -> give(file())).hasMessageStartingWith("initial_weights.file");

    Files.createDirectories(folder.resolve("run.safetensors"));
    assertThatThrownBy(() -> give(new InitialWeights(null, "run.safetensors", null)))
        .hasMessage("initial_weights.file: 'run.safetensors' is not in the model store");

    assertThatThrownBy(() -> give(new InitialWeights("gone", null, null)))
        .hasMessage(
            "initial_weights.run: the model store has no weights.safetensors of run 'gone'; give a"
                + " COMPLETED run");
  }
}
