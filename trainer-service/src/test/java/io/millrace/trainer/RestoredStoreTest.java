package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.TrainingEvent.RunCompleted;
import io.millrace.contracts.event.TrainingEvent.RunFailed;
import io.millrace.messaging.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Model stores that are restored from a backup, or refuse operations. */
class RestoredStoreTest extends WholeTrainer {
  @Test
  void aRunWhoseStoreIsRestoredDuringTrainingResumesUnderHigherClaims() throws Exception {
    startTrainer(Map.of());
    AUGMENTER.holdBack("restored", 9);
    publish("restored", images("restored", 1, 0.5, 7));
    eventually().untilAsserted(() -> assertThat(losses("restored")).isNotEmpty());

    // The store loses the claim, as if it were restored from a backup older than the run.
    Files.delete(FOLDER.resolve("models/restored/claim-1.json"));
    AUGMENTER.letGo();

    RunCompleted completed = await("restored", RunCompleted.class);
    assertThat(completed.model()).isEqualTo("restored/v2/model.zip");
    assertThat(header(queued("restored", RestoredStoreTest::isPutBack), Topics.CLAIM_FLOOR))
        .isEqualTo("1");
  }

  @Test
  void claimsOfARestoredStoreStartAboveItsFloor() throws Exception {
    Path floor = FOLDER.resolve("models/claim-floor");
    Files.createDirectories(floor.getParent());
    Files.writeString(floor, "70");
    try {
      startTrainer(Map.of());
      publish("raised", images("raised", 1, 0.5, 7));

      assertThat(await("raised", RunCompleted.class).model()).isEqualTo("raised/v71/model.zip");
    } finally {
      Files.delete(floor);
    }
  }

  @Test
  void aTrainerLeavesTheQueueWhenItsStoreFailsAndReturnsWhenItWorks() throws Exception {
    Path models = FOLDER.resolve("shaky");
    Path aside = FOLDER.resolve("aside");
    Trainer trainer =
        startTrainer(
            Map.of(
                "millrace.trainer.models",
                models.toString(),
                "millrace.trainer.refused-seconds",
                "1"));
    AUGMENTER.holdBack("shaken", 9);
    publish("shaken", images("shaken", 2, 0.5, 7));
    eventually().untilAsserted(() -> assertThat(losses("shaken")).isNotEmpty());

    Files.move(models, aside);
    Files.writeString(models, "no folder");
    AUGMENTER.letGo();

    eventually().until(() -> trainer.trouble().contains("cannot be written and linked"));
    assertThat(trainer.isReady()).isFalse();
    Files.delete(models);
    Files.move(aside, models);
    await("shaken", RunCompleted.class);
    assertThat(losses("shaken")).hasSize(26);
    assertThat(of("shaken", RunFailed.class)).isEmpty();
    eventually().until(trainer::isReady);
  }

  private static boolean isPutBack(ConsumerRecord<byte[], byte[]> record) {
    return record.headers().lastHeader(Topics.SUCCESSOR_OF) != null;
  }
}
