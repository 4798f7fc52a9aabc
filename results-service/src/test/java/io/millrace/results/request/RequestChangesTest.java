package io.millrace.results.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.json.Messages;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RequestChangesTest {
  private static final String LAYERS =
      """
      {"type": "Conv2D", "filters": 16}, {"type": "Flatten"}, {"type": "Dense", "units": 10}\
      """;

  @SuppressWarnings("unchecked")
  private static Map<String, Object> json(String text) {
    return Messages.read(text.getBytes(StandardCharsets.UTF_8), Map.class);
  }

  private static RequestChanges changes(String from, String to) {
    return RequestChanges.of(request(from, true), request(to, true));
  }

  private static RequestChanges.Request request(String request, boolean resolved) {
    return new RequestChanges.Request(json(request), resolved, false);
  }

  private static String layers(String layers) {
    return "{\"model\": {\"layers\": [" + layers + "]}}";
  }

  @Test
  void aValueThatDiffersIsOneChange() {
    RequestChanges found =
        changes(
            "{\"optimizer\": {\"type\": \"Adam\", \"learning_rate\": 0.001}, \"batch_size\": 32}",
            "{\"optimizer\": {\"type\": \"Adam\", \"learning_rate\": 0.01}, \"batch_size\": 32}");

    assertThat(found.changes()).containsExactly(new Change("optimizer.learning_rate", 0.001, 0.01));
    assertThat(found.truncated()).isFalse();
    assertThat(found.text()).isEqualTo("optimizer.learning_rate: 0.001 -> 0.01");
  }

  @Test
  void fieldsThatOnlyIdentifyRunsAreNotChanges() {
    assertThat(
            changes(
                    """
                    {"version": 1, "run": "a", "experiment": "x", "variant": "a", "seed": 1,
                     "tags": ["t"], "priority": 1, "extend": true, "epochs": 1}
                    """,
                    """
                    {"run": "b", "experiment": "y", "variant": "b", "seed": 2, "epochs": 1.0,
                     "class_weight": null}
                    """)
                .changes())
        .isEmpty();
  }

  @Test
  void anInsertedOrRemovedLayerIsOneChange() {
    String more =
        """
        {"type": "Conv2D", "filters": 16}, {"type": "Flatten"}, {"type": "Dropout", "rate": 0.5},
        {"type": "Dense", "units": 10}
        """;
    Change inserted = new Change("model.layers[2]", null, Map.of("type", "Dropout", "rate", 0.5));

    assertThat(changes(layers(LAYERS), layers(more)).changes()).containsExactly(inserted);
    assertThat(changes(layers(more), layers(LAYERS)).changes())
        .containsExactly(new Change("model.layers[2]", inserted.to(), null));
    assertThat(inserted.text()).isEqualTo("model.layers[2]: + Dropout(rate=0.5)");
  }

  @Test
  void aShiftedLayerOfTheSameTypeIsComparedFieldByField() {
    String other =
        """
        {"type": "Dropout", "rate": 0.2}, {"type": "Conv2D", "filters": 32}, {"type": "Flatten"},
        {"type": "Dense", "units": 10}
        """;

    assertThat(changes(layers(LAYERS), layers(other)).changes())
        .containsExactly(
            new Change("model.layers[0]", null, Map.of("type", "Dropout", "rate", 0.2)),
            new Change("model.layers[1].filters", 16, 32));
  }

  @Test
  void aReplacedLayerIsOneChange() {
    String other =
        """
        {"type": "Conv2D", "filters": 16}, {"type": "GlobalMaxPooling2D"},
        {"type": "Dense", "units": 10}
        """;

    assertThat(changes(layers(LAYERS), layers(other)).text())
        .isEqualTo("model.layers[1]: Flatten() -> GlobalMaxPooling2D()");
  }

  @Test
  void aDifferentTypeOrListOfPlainValuesIsOneChange() {
    RequestChanges found =
        changes(
            """
            {"optimizer": {"type": "SGD", "momentum": 0.9}, "metrics": ["acc"],
             "dataset": {"name": "a", "image_size": [28, 28]}}
            """,
            """
            {"optimizer": {"type": "Adam"}, "metrics": ["acc", "f1"],
             "dataset": {"name": "a", "image_size": [32, 28]}}
            """);

    assertThat(found.text())
        .isEqualTo(
            "optimizer: SGD(momentum=0.9) -> Adam(); metrics: [acc] -> [acc, f1];"
                + " dataset.image_size: [28, 28] -> [32, 28]");
  }

  @Test
  void aNameEqualsAnObjectOfThatTypeAsInKeras() {
    assertThat(
            changes("{\"optimizer\": \"adam\"}", "{\"optimizer\": {\"type\": \"Adam\"}}").changes())
        .isEmpty();
    assertThat(
            changes(
                    "{\"optimizer\": \"adam\", \"metrics\": [\"acc\", {\"type\": \"f1\"}]}",
                    "{\"optimizer\": {\"type\": \"Adam\", \"learning_rate\": 0.01},"
                        + " \"metrics\": [{\"type\": \"ACC\"}, \"f1\"]}")
                .changes())
        .containsExactly(new Change("optimizer.learning_rate", null, 0.01));
    assertThat(
            changes("{\"optimizer\": \"adam\"}", "{\"optimizer\": {\"type\": \"AdamW\"}}").text())
        .isEqualTo("optimizer: adam -> AdamW()");
  }

  @Test
  void aScheduleReplacingANumberIsOneChange() {
    assertThat(
            changes(
                    "{\"optimizer\": {\"type\": \"SGD\", \"learning_rate\": 0.1}}",
                    "{\"optimizer\": {\"type\": \"SGD\", \"learning_rate\":"
                        + " {\"type\": \"CosineDecay\", \"decay_steps\": 9}}}")
                .text())
        .isEqualTo("optimizer.learning_rate: 0.1 -> CosineDecay(decay_steps=9)");
  }

  @Test
  void dataPropertiesFoundByATrainerAreNoChangeAgainstAWaitingRequest() {
    String waits = "{\"dataset\": {\"name\": \"a\", \"test_fraction\": 0.2}}";
    String started =
        "{\"dataset\": {\"name\": \"a\", \"test_fraction\": 0.1, \"classes\": [\"bag\"]}}";
    Change asked = new Change("dataset.test_fraction", 0.2, 0.1);

    assertThat(RequestChanges.of(request(waits, false), request(started, true)).changes())
        .containsExactly(asked);
    assertThat(changes(waits, started).changes())
        .containsExactly(asked, new Change("dataset.classes", null, List.of("bag")));
  }

  @Test
  void theEpochsOfATrialAreNoChange() {
    assertThat(
            RequestChanges.of(
                    request("{\"epochs\": 9}", true),
                    new RequestChanges.Request(json("{\"epochs\": 3}"), true, true))
                .changes())
        .isEmpty();
  }

  @Test
  void changesBeyondFiftyAndLongValuesAreTruncated() {
    String many =
        IntStream.range(0, 60)
            .mapToObj(i -> "\"f" + i + "\": " + i)
            .collect(Collectors.joining(", ", "{", "}"));
    RequestChanges found = changes("{}", many);

    assertThat(found.changes()).hasSize(50);
    assertThat(found.truncated()).isTrue();
    assertThat(found.text()).startsWith("f0: + 0; f1: + 1").endsWith("f49: + 49; and more");
    Change change =
        changes("{}", "{\"model\": {\"keras\": \"" + "x".repeat(3_000) + "\"}}").changes().get(0);
    assertThat((String) change.to())
        .as("a value of more than 2,000 characters")
        .hasSize(80)
        .endsWith("...");
  }

  @Test
  void listsTooLongToCompareAreOneChange() {
    String one = "{\"type\": \"A\", \"n\": %d}";
    String from = IntStream.range(0, 600).mapToObj(one::formatted).collect(Collectors.joining(","));
    String to =
        IntStream.range(600, 1200).mapToObj(one::formatted).collect(Collectors.joining(","));

    assertThat(changes(layers(from), layers(to)).changes())
        .extracting(Change::field)
        .containsExactly("model.layers");
  }
}
