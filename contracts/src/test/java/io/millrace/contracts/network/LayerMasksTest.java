package io.millrace.contracts.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.ModelSpec;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which layers get masks. The trainer's tests compare the effect of masks with Keras. */
class LayerMasksTest {
  private static NetworkPlan plan(String layers) {
    String model = "{'layers': [" + layers + "]}";
    byte[] json = model.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return NetworkPlan.of(Messages.readStrictly(json, ModelSpec.class), List.of(6, 3));
  }

  @Test
  void aMaskPassesThroughLayersToTheRecurrentLayerThatUsesIt() {
    NetworkPlan plan =
        plan(
            "{'type': 'Masking'}, {'type': 'Dense', 'units': 2}, {'type': 'Dropout', 'rate':"
                + " 0.1},{'type': 'GRU', 'units': 2, 'return_sequences': true},{'type': 'Conv1D',"
                + " 'filters': 2, 'kernel_size': 2}, {'type': 'LSTM', 'units': 2}");
    assertThat(LayerMasks.applied(plan.layers()))
        .isEqualTo(Arrays.asList(null, null, null, 0, null, null));
  }

  @Test
  void aLaterMaskReplacesAnEarlierOne() {
    NetworkPlan plan =
        plan(
            "{'type': 'Masking'}, {'type': 'Masking', 'mask_value': 1},"
                + "{'type': 'LSTM', 'units': 2}, {'type': 'Dense', 'units': 1}");
    assertThat(LayerMasks.applied(plan.layers())).isEqualTo(Arrays.asList(null, null, 1, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type': 'BatchNormalization'}",
        "{'type': 'Softmax'}",
        "{'type': 'Attention'}",
        "{'type': 'Add', 'inputs': ['m', 'm']}"
      })
  void aLayerThatReceivesAMaskButDoesNotSupportItIsRefused(String layer) {
    String type = layer.replaceAll(".*'type': '([A-Za-z]*)'.*", "$1");
    assertThatThrownBy(() -> plan("{'type': 'Masking', 'name': 'm'}, " + layer))
        .hasMessage(
            "model.layers[1]: "
                + type
                + " receives the mask of m, which it does not support; remove the mask, or add a"
                + " recurrent layer with return_sequences false or a GlobalAveragePooling1D before"
                + " it");
  }
}
