package io.millrace.contracts.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.json.Messages;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LayerSpecTest {

  @Test
  void theListOfLayersContainsEveryLayerOfEveryFamily() {
    assertThat(LayerSpec.all())
        .containsExactlyInAnyOrderElementsOf(leaves(LayerSpec.class).toList());
  }

  private static Stream<Class<? extends LayerSpec>> leaves(Class<?> type) {
    return Arrays.stream(type.getPermittedSubclasses())
        .flatMap(
            choice ->
                choice.isSealed()
                    ? leaves(choice)
                    : Stream.<Class<? extends LayerSpec>>of(choice.asSubclass(LayerSpec.class)));
  }

  @Test
  void weightsAreInTheOrderOfKeras() {
    assertThat(weights("{'type':'BatchNormalization'}", 5))
        .containsExactly(
            "gamma [5]", "beta [5]", "moving_mean [5] fixed", "moving_variance [5] fixed");
    assertThat(weights("{'type':'SeparableConv2D','filters':4,'kernel_size':[2,3]}", 7, 6, 2))
        .containsExactly(
            "depthwise_kernel [2, 3, 2, 1]", "pointwise_kernel [1, 1, 2, 4]", "bias [4]");
    assertThat(weights("{'type':'GRU','units':2,'reset_after':false,'use_bias':false}", 6, 3))
        .containsExactly("kernel [3, 6]", "recurrent_kernel [2, 6]");
  }

  @Test
  void bidirectionalWeightsNameTheirDirectionAndTheInnerLayersField() {
    String both = "{'type':'Bidirectional','layer':{'type':'SimpleRNN','units':2}}";
    assertThat(weights(both, 6, 3))
        .containsExactly(
            "forward_kernel [3, 2]",
            "forward_recurrent_kernel [2, 2]",
            "forward_bias [2]",
            "backward_kernel [3, 2]",
            "backward_recurrent_kernel [2, 2]",
            "backward_bias [2]");
    assertThat(layer(both).weights(List.of(6, 3)))
        .extracting(LayerWeight::field)
        .startsWith("layer.kernel", "layer.recurrent", "layer.bias");
  }

  private static List<String> weights(String json, Integer... input) {
    return layer(json).weights(List.of(input)).stream()
        .map(w -> w.name() + " " + w.shape() + (w.trainable() ? "" : " fixed"))
        .toList();
  }

  private static LayerSpec layer(String json) {
    return Messages.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), LayerSpec.class);
  }
}
