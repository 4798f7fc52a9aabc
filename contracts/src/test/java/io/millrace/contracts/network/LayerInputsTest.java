package io.millrace.contracts.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.ModelSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A layer's {@code inputs} and {@code trainable} in a request. */
class LayerInputsTest {
  private static final String A = "{\"type\": \"Dense\", \"units\": 4, \"name\": \"a\"}";

  private static ModelSpec read(String layers) {
    return Messages.readStrictly(
        ("{\"layers\": [" + layers + "]}").getBytes(StandardCharsets.UTF_8), ModelSpec.class);
  }

  private static NetworkPlan plan(String layers) {
    return NetworkPlan.of(read(layers), List.of(6));
  }

  @Test
  void inputsReferToEarlierLayersByGivenOrDefaultNames() {
    NetworkPlan plan =
        plan(
            A
                + ", {\"type\": \"Dense\", \"units\": 3, \"inputs\": [\"input\"]}"
                + ", {\"type\": \"Dense\", \"units\": 4}"
                + ", {\"type\": \"Concatenate\", \"inputs\": [\"dense_1\", \"a\", \"dense\"]}");
    assertThat(plan.layers())
        .extracting(NetworkPlan.Layer::inputs)
        .containsExactly(List.of(-1), List.of(-1), List.of(1), List.of(2, 0, 1));
    assertThat(plan.layers().get(3).outputShape()).containsExactly(11);
    assertThat(plan.outputs()).isEqualTo(11);
    assertThat(plan.isChain()).isFalse();
  }

  @Test
  void omittedInputsAndTrainableAreNotWritten() {
    String layer =
        "{\"type\":\"Dense\",\"name\":\"a\",\"units\":4,\"activation\":\"linear\",\"use_bias\":true";
    ModelSpec plain = read(A);
    assertThat(Messages.text(plain))
        .contains(layer)
        .doesNotContain("inputs")
        .doesNotContain("trainable");
    ModelSpec more =
        read(
            A.replace(
                    "}",
                    ", \"inputs\": [\"input\"], \"trainable\": false,"
                        + " \"activity_regularizer\": \"l2\"}")
                + ","
                + A);
    String written = Messages.text(more);
    assertThat(written)
        .contains("\"inputs\":[\"input\"],\"trainable\":false,\"activity_regularizer\":{");
    assertThat(Messages.read(written.getBytes(StandardCharsets.UTF_8), ModelSpec.class))
        .isEqualTo(more);
  }

  @Test
  void weightsOfAFrozenLayerAreNotTrainable() {
    NetworkPlan plan =
        plan(A.replace("}", ", \"trainable\": false}") + ", " + A.replace("\"a\"", "\"b\""));
    assertThat(plan.parameters()).isEqualTo(20);
    assertThat(plan.nonTrainableParameters()).isEqualTo(28);
    assertThat(plan.layers().get(0).weights()).noneMatch(weight -> weight.trainable());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"type": "Add"}                                     | layers[1].inputs: is required: Add joins the outputs of the layers named here
          {"type": "Add", "inputs": ["a"]}                    | model.layers[1].inputs: name 1 layer; give 2..64
          {"type": "Subtract", "inputs": ["a", "a", "a"]}     | model.layers[1].inputs: name 3 layers; give 2
          {"type": "Add", "inputs": ["a", "b"]}               | model.layers[1].inputs[1]: 'b' is not a layer before this one; give one of input, a
          {"type": "Add", "inputs": ["a", "input"]}           | model.layers[1].inputs: have the shapes [4] and [6]; Add takes equal shapes, or shapes with 1 in place of a size
          {"type": "Dense", "units": 2, "inputs": ["a", "a"]} | model.layers[1].inputs: name 2 layers, but Dense takes one; join them first with a layer such as Add or Concatenate
          {"type": "Dense", "units": 2, "inputs": ["input"]}  | model.layers[0]: has an output that no later layer uses; connect it, or leave the layer out
          {"type": "Dense", "units": 2, "inputs": []}         | layers[1].inputs: has 0 elements; give 1..64
          {"type": "Dense", "units": 2, "inputs": "a"}        | layers[1].inputs: "a" is not a list of layer names
          {"type": "Dense", "units": 2, "inputs": [1]}        | layers[1].inputs[0]: 1 is not a layer name
          {"type": "Dense", "units": 2, "trainable": 0}       | layers[1].trainable: 0 is not true or false
          {"type": "Dense", "units": 2, "input": ["a"]}       | layers[1].input: is not a field here
          {"type": "Dense", "units": 2, "activity_regularizer": "l3"} | layers[1].activity_regularizer: 'l3' is not known
          {"type": "Dense", "units": 2, "activity_regularizer": {"type": "L1", "l1": -1}} | layers[1].activity_regularizer.l1: -1 is out of range
          {"type": "Dense", "units": 2, "activity_regularizer": "l1"} | model.layers[1].activity_regularizer: is not supported for the last layer
          {"type": "RepeatVector", "n": 9}, {"type": "MultiHeadAttention", "num_heads": 1, "key_dim": 2, "activity_regularizer": "l1"}, {"type": "Flatten"} | model.layers[2].activity_regularizer: is not supported for MultiHeadAttention
          {"type": "RepeatVector", "n": 10000}, {"type": "MultiHeadAttention", "num_heads": 3, "key_dim": 2} | model.layers[2]: MultiHeadAttention has 300000000 attention weights (heads · time · time) per sample
          {"type": "Attention", "score_mode": "add"}          | layers[1].score_mode: 'add' is not known; give one of dot, concat
          {"type": "MultiHeadAttention", "num_heads": 2}      | layers[1].key_dim: is required
          {"type": "Concatenate", "axis": 2, "inputs": ["a", "a"]} | model.layers[1].axis: 2 is not an axis of the shape [4]; give 1..1
          {"type": "Dot", "axes": 2, "inputs": ["a", "a"]}    | model.layers[1].axes[0]: 2 is not an axis of the shape [4]; give 1..1
          {"type": "Dot", "axes": 1, "inputs": ["a", "input"]} | model.layers[1].axes: have the sizes 4 and 6
          {"type": "Dot", "axes": 1, "normalize": true, "inputs": ["a", "a"]} | layers[1].normalize: true is not supported; give false
          """)
  void theErrorNamesTheInvalidLayerField(String layer, String message) {
    assertThatThrownBy(() -> plan(A + ", " + layer)).hasMessageStartingWith(message);
  }

  @Test
  void anAmbiguousInputNameIsRefused() {
    assertThatThrownBy(
            () ->
                plan(
                    A.replace("\"a\"", "\"input\"")
                        + ", {\"type\": \"Dense\", \"units\": 2, \"inputs\": [\"input\"]}"))
        .hasMessage(
            "model.layers[1].inputs[0]: is the name of a layer and of the network's input; give the"
                + " layer another name");
  }
}
