package io.millrace.contracts.json;

import static io.millrace.contracts.ExampleRequests.SMALL;
import static io.millrace.contracts.ExampleRequests.bytes;
import static io.millrace.contracts.ExampleRequests.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.Sweep;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every reader refuses JSON with too many nested levels. */
class JsonTest {
  private static final String TOO_DEEP = "is nested more than 64 levels deep";

  @ParameterizedTest
  @ValueSource(ints = {65, 495, 900, 100_000})
  void aTooDeeplyNestedRequestIsRefusedWhereverTheNestingIs(int depth) {
    String lists = "[".repeat(depth) + "]".repeat(depth);
    String objects = "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
    String transforms =
        "{\"type\": \"sequence\", \"transforms\": [".repeat(depth / 2 + 1)
            + "{\"type\": \"horizontal_flip\"}"
            + "]}".repeat(depth / 2 + 1);
    String layers =
        "{\"type\": \"Bidirectional\", \"layer\": ".repeat(depth)
            + "{\"type\": \"LSTM\", \"units\": 2}"
            + "}".repeat(depth);
    refused("{\"dataset\": " + lists + "}");
    refused("{\"model\": {\"keras\": " + objects + "}}");
    refused("{\"augmentation\": {\"transforms\": [" + transforms + "]}}");
    refused("{\"model\": {\"layers\": [" + layers + "]}}");
    refused("{\"augmentation\": {\"width_shift_range\": " + lists + "}}");
    refused("{\"optimizer\": {\"type\": \"Adam\", \"learning_rate\": " + objects + "}}");
    refusedAsSweep("{\"seeds\": " + lists + "}");
    refusedAsSweep("{\"epochs\": {\"sweep\": " + lists + "}}");
    refused("{\"colour\": " + objects + "}");
  }

  private static void refused(String request) {
    assertThatThrownBy(() -> Messages.readRequest(bytes(request)))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining(TOO_DEEP);
    refusedAsSweep(request);
  }

  private static void refusedAsSweep(String request) {
    byte[] json = bytes(request);
    assertThatThrownBy(() -> Messages.readRequest(json))
        .isInstanceOf(InvalidMessageException.class);
    assertThatThrownBy(() -> Sweep.isSweep(json))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining(TOO_DEEP);
    assertThatThrownBy(() -> Sweep.read(json, "base"))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageContaining(TOO_DEEP);
    assertThatThrownBy(() -> Messages.read(json, TrainingEvent.class))
        .isInstanceOf(InvalidMessageException.class);
    assertThatThrownBy(() -> Json.MAPPER.readTree(json)).hasMessageContaining("nesting depth");
  }

  @Test
  void aTooDeeplyNestedKerasTextIsRefused() {
    String text = "[".repeat(70) + "]".repeat(70);

    assertThatThrownBy(() -> Messages.readRequest(with(SMALL, "model", keras('"' + text + '"'))))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("model.keras: ")
        .hasMessageContaining(TOO_DEEP);
  }

  /** The event that includes a request has more levels than the request. */
  @Test
  void theDeepestAcceptedRequestFitsIntoAnEvent() {
    TrainingRequest deepest = null;
    int levels = 0;
    for (int depth = 1; depth < Json.MAX_DEPTH; depth++) {
      String extra = "[".repeat(depth) + "]".repeat(depth);
      try {
        deepest =
            Messages.readRequest(
                with(
                    SMALL,
                    "model",
                    keras(
                        "{\"class_name\": \"Sequential\", \"ignored\": "
                            + extra
                            + ", \"config\": {\"layers\": [{\"class_name\": \"Flatten\","
                            + " \"config\": {}}, {\"class_name\": \"Dense\", \"config\":"
                            + " {\"units\": 2}}]}}")));
        levels = depth;
      } catch (InvalidMessageException e) {
        assertThat(e)
            .hasMessage("model.keras: is nested more than 48 levels deep; give at most 48");
        break;
      }
    }

    assertThat(levels).isEqualTo(47);
    var event =
        new TrainingEvent.RunStarted(
            1,
            "r",
            Instant.EPOCH,
            deepest.withRun("r"),
            "t",
            1,
            "cpu",
            1,
            Map.of(),
            "test",
            List.of(),
            1L,
            0L,
            null,
            null);
    assertThat(Messages.read(Messages.write(event), TrainingEvent.class)).isEqualTo(event);
    assertThat(Messages.read(Messages.write(List.of(Map.of("rows", event))), JsonNode.class))
        .isNotNull();
  }

  @Test
  void fieldNamesAndNumbersOfMoreThan1000CharactersAreRefused() {
    assertThatThrownBy(() -> Messages.readRequest(with(SMALL, "a".repeat(1_001), "1")))
        .hasMessage("the message has a field whose name is longer than 1000 characters");
    assertThatThrownBy(() -> Messages.readRequest(bytes("{\"epochs\": " + "1".repeat(1_001) + "}")))
        .hasMessage("the message has a number of more than 1000 characters");
  }

  @Test
  void errorsContainNoLineBreaksOrInvisibleCharacters() {
    String name = "\\u001b[31m\\n\\r\\u2028\\u202e";
    String esc = name + "\\ud800";
    for (byte[] request :
        List.of(
            with(SMALL, "run", '"' + esc + '"'),
            with(SMALL, "loss", '"' + esc + '"'),
            with(SMALL, "model.layers[0].type", '"' + esc + '"'),
            with(SMALL, "epochs", '"' + esc + '"'),
            with(SMALL, "class_weight", "{\"" + name + "\": 1}"),
            with(SMALL, "model", keras("{\"class_name\": \"" + esc + "\"}")),
            bytes("{\"" + name + "\": 1}"),
            bytes("{\"" + name + "\": 1, \"" + name + "\": 2}"),
            bytes("\u001b[31m\n"),
            bytes("{\"a\": \u001b}"))) {
      assertThatThrownBy(() -> Messages.readRequest(request))
          .isInstanceOfSatisfying(
              InvalidMessageException.class,
              e -> {
                for (String text : List.of(e.getMessage(), e.field(), e.reason())) {
                  assertThat(text.chars())
                      .as(text)
                      .noneMatch(
                          c ->
                              Character.isISOControl(c)
                                  || c >= 0xd800 && c < 0xe000
                                  || c == 0x2028
                                  || c == 0x202e);
                }
              });
    }
  }

  private static String keras(String model) {
    return "{\"keras\": " + model + "}";
  }
}
