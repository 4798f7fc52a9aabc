package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final ProgressLine progress = new ProgressLine();

  @Test
  void theLineShowsEpochStepLossSpeedAndRemainingTime() throws Exception {
    progress.line(run("RUNNING", 100), 0);
    String line = progress.line(run("RUNNING", 150), 10_000_000_000L);
    assertThat(line)
        .contains("epoch 2/4", "step 150/400", "loss 0.5000", "val_acc 0.7500")
        .contains("80 samples/s", "50s left")
        .contains("val_r2 not finite");
  }

  @Test
  void theLineOfAnEndedRunShowsItsState() throws Exception {
    assertThat(progress.line(run("FAILED", 100), 0)).endsWith("failed");
  }

  @Test
  void theBarHasAResolutionOfAnEighthOfACell() {
    assertThat(ProgressLine.bar(0)).isEqualTo("▕" + " ".repeat(24) + "▏");
    assertThat(ProgressLine.bar(1)).isEqualTo("▕" + "█".repeat(24) + "▏");
    assertThat(ProgressLine.bar(1.0 / 192)).isEqualTo("▕▏" + " ".repeat(23) + "▏");
  }

  @Test
  void durationsAreShownAsSecondsMinutesAndHours() {
    assertThat(ProgressLine.time(42.4)).isEqualTo("42s");
    assertThat(ProgressLine.time(187)).isEqualTo("3:07");
    assertThat(ProgressLine.time(3729)).isEqualTo("1:02:09");
  }

  private static JsonNode run(String state, long steps) throws Exception {
    return new ObjectMapper()
        .readTree(
            """
            {"run": "r", "state": "%s", "steps_done": %d, "steps_per_epoch": 100, "last_loss": 0.5,
             "metrics": {"loss": 0.6, "val_acc": 0.75, "val_r2": null}, "request": {"epochs": 4, "batch_size": 16}}
            """
                .formatted(state, steps));
  }
}
