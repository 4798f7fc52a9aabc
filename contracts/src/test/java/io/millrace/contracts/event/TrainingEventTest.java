package io.millrace.contracts.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.event.TrainingEvent.Baseline;
import io.millrace.contracts.event.TrainingEvent.EpochCompleted;
import io.millrace.contracts.event.TrainingEvent.Prediction;
import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.event.TrainingEvent.StepAhead;
import io.millrace.contracts.json.Messages;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingEventTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  @Test
  void aNumberThatIsNotFiniteIsWrittenAsNull() throws Exception {
    var stepAhead = new StepAhead(INFINITY, 1.0, Double.NaN, 2.0);
    var event =
        new RunEvaluated(
            null,
            "r",
            Instant.EPOCH,
            1,
            Map.of("r2", Double.NaN, "loss", 0.5),
            new Baseline("persistence", Map.of("mape", INFINITY)),
            null,
            new Prediction(
                null,
                List.of(1.0),
                List.of(Double.NaN),
                INFINITY,
                Double.NaN,
                0.5,
                -INFINITY,
                List.of(stepAhead)));

    JsonNode written = Messages.tree(event);

    assertThat(written.get("metrics").get("r2").isNull()).isTrue();
    assertThat(written.get("metrics").get("loss").doubleValue()).isEqualTo(0.5);
    assertThat(written.get("baseline").get("metrics").get("mape").isNull()).isTrue();
    JsonNode prediction = written.get("prediction");
    assertThat(prediction.get("predicted")).hasToString("[null]");
    assertThat(prediction.has("dates")).isFalse();
    assertThat(List.of("rmse", "mae", "baseline_mae")).allMatch(n -> prediction.get(n).isNull());
    assertThat(prediction.get("steps_ahead"))
        .hasToString("[{\"rmse\":null,\"mae\":1.0,\"baseline_rmse\":null,\"baseline_mae\":2.0}]");
    assertThat(Messages.read(Messages.write(event), TrainingEvent.class)).isEqualTo(event);
  }

  @Test
  void metricsOmittedByAnEarlierTrainerStayAbsent() {
    String json =
        """
        {"type": "epoch-completed", "run": "r", "at": "2026-01-01T00:00:00Z", "epoch": 0, "step": 1,
         "metrics": {"loss": 0.5, "val_loss": null}}
        """;

    var event =
        (EpochCompleted) Messages.read(json.getBytes(StandardCharsets.UTF_8), TrainingEvent.class);

    assertThat(event.metrics())
        .containsOnlyKeys("loss", "val_loss")
        .containsEntry("val_loss", null);
    assertThat(Messages.tree(event).get("metrics")).hasToString("{\"loss\":0.5,\"val_loss\":null}");
  }

  @Test
  void aRejectionSaysWhoRefusedTheRequestIfKnown() {
    String json =
        """
        {"type": "run-rejected", "run": "r", "at": "2026-01-01T00:00:00Z", "reason": "no"%s}
        """;

    for (RefusedBy by : RefusedBy.values()) {
      RunRejected event = rejected(json.formatted(", \"refused_by\": \"" + by.json() + "\""));
      assertThat(event.refusedBy()).isEqualTo(by);
      assertThat(Messages.tree(event).get("refused_by").textValue()).isEqualTo(by.json());
    }
    RunRejected earlier = rejected(json.formatted(""));
    assertThat(earlier.refusedBy()).isNull();
    assertThat(Messages.tree(earlier).has("refused_by")).isFalse();
    assertThat(rejected(json.formatted(", \"refused_by\": \"somebody-new\"")).refusedBy())
        .as("a value of a later version")
        .isNull();
  }

  private static RunRejected rejected(String json) {
    return (RunRejected) Messages.read(json.getBytes(StandardCharsets.UTF_8), TrainingEvent.class);
  }
}
