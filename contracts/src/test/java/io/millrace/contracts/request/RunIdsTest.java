package io.millrace.contracts.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.sweep.Sweep;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RunIdsTest {
  private static final UUID SOURCE = UUID.fromString("1a2b3c4d-0000-4000-8000-000000000000");

  private static JsonNode message(String json) {
    return Messages.read(json.getBytes(StandardCharsets.UTF_8), JsonNode.class);
  }

  @Test
  void aRunIdContainsTheExperimentAndTheVariant() {
    assertThat(RunIds.fresh(message("{\"experiment\": \"shoes\", \"variant\": \"plain\"}"), SOURCE))
        .isEqualTo("shoes-plain-ba2b3c4d");
    assertThat(RunIds.fresh(message("{\"experiment\": \"shoes\"}"), SOURCE))
        .isEqualTo("shoes-ba2b3c4d");
    assertThat(RunIds.fresh(message("{\"variant\": \"plain\", \"experiment\": null}"), SOURCE))
        .isEqualTo("plain-ba2b3c4d");
    for (String nameless : List.of("{}", "[]", "{\"experiment\": \"no name\", \"variant\": 5}")) {
      assertThat(RunIds.fresh(message(nameless), SOURCE)).as(nameless).isEqualTo("run-ba2b3c4d");
    }
    assertThat(RunIds.fresh(null, SOURCE)).isEqualTo("run-ba2b3c4d");
  }

  @Test
  void theSuffixOfARunIdIsDerivedFromTheSourceAndBeginsWithALetter() {
    var ids = new HashSet<String>();
    for (long i = 0; i < 1_000; i++) {
      UUID source = UUID.nameUUIDFromBytes(Long.toString(i).getBytes(StandardCharsets.UTF_8));
      String id = RunIds.fresh(null, source);
      assertThat(id).matches("run-[abef][0-9a-f]{7}").isEqualTo(RunIds.fresh(null, source));
      ids.add(id);
    }
    assertThat(ids).hasSize(1_000);
  }

  /** The id of a search's last finalist has exactly 100 characters. */
  @Test
  void theLongestIdLeavesRoomForTheRunsOfASweep() {
    String name = "x".repeat(100);
    String request =
        """
        {"experiment": "%s", "variant": "%s",
         "dataset": {"name": "fashion-mnist", "validation_fraction": 0.1},
         "model": {"layers": [{"type": "Flatten"},
                              {"type": "Dense", "units": 10, "activation": "softmax"}]},
         "loss": "categorical_crossentropy", "epochs": 2,
        """
            .formatted(name, name);
    String base = RunIds.fresh(message(request + "\"seed\": 0}"), SOURCE);

    assertThat(base).hasSize(92).startsWith("xxx").endsWith("x-ba2b3c4d");
    List<String> runs =
        Sweep.read((request + "\"seeds\": 1000}").getBytes(StandardCharsets.UTF_8), base).runs();
    assertThat(runs).hasSize(1_000).contains(base + "-999");
    assertThat(Sweep.finalist(base + "-999", 50)).hasSize(100);
  }
}
