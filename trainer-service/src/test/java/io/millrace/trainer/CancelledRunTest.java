package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.TrainingEvent.RunCancelled;
import io.millrace.contracts.event.TrainingEvent.RunCompleted;
import io.millrace.contracts.event.TrainingEvent.RunStarted;
import io.millrace.messaging.Topics;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs that users cancel or delete. */
class CancelledRunTest extends WholeTrainer {
  @Test
  void aRunCancelledInTrainingEndsAndOneCancelledInTheQueueNeverTrains() {
    startTrainer(Map.of());
    AUGMENTER.holdBack("cancelled", 9);
    publish("cancelled", images("cancelled", 3, 0.5, 1));
    publish("never", images("never", 3, 0.5, 1));
    eventually().untilAsserted(() -> assertThat(losses("cancelled")).isNotEmpty());

    cancel("never");
    cancel("cancelled");

    assertThat(await("cancelled", RunCancelled.class).step())
        .isEqualTo(losses("cancelled").size())
        .isLessThan(13);
    AUGMENTER.letGo();
    assertThat(await("never", RunCancelled.class).step()).isNull();
    assertThat(of("never", RunStarted.class)).isEmpty();
  }

  @Test
  void aRunThatWaitsForAnAugmentationServiceCanBeCancelled() {
    startTrainer(Map.of());
    AUGMENTER.holdBack("waiting", 0);
    publish("waiting", images("waiting", 1, 0.5, 1));
    await("waiting", RunStarted.class);

    cancel("waiting");

    assertThat(await("waiting", RunCancelled.class).step()).isZero();
  }

  @Test
  void anOldCancelDoesNotAffectANewRequestWithTheSameId() {
    cancel("mended");
    long cancelledAt = lastCommand();
    startTrainer(Map.of());

    send(
        "mended",
        images("mended", 1, 0.5, 1),
        Map.of(Topics.REQUESTED_AT, Long.toString(cancelledAt + 1)));

    await("mended", RunCompleted.class);
    assertThat(of("mended", RunCancelled.class)).isEmpty();
  }

  @Test
  void aRunCancelledInTheQueueIsReportedAndNeverClaimed() {
    send(
        "unclaimed", images("unclaimed", 1, 0.5, 1), Map.of(Topics.REQUESTED_AT, Long.toString(1)));
    cancel("unclaimed");

    startTrainer(Map.of());

    assertThat(await("unclaimed", RunCancelled.class).step()).isNull();
    assertThat(of("unclaimed", RunStarted.class)).isEmpty();
    assertThat(FOLDER.resolve("models/unclaimed")).doesNotExist();
  }

  @Test
  void aBusyTrainerDeletesTheFilesOfADeletedRunAndKeepsThoseOfARunningOne() {
    startTrainer(Map.of());
    publish("unwanted", images("unwanted", 1, 0.5, 1));
    await("unwanted", RunCompleted.class);
    AUGMENTER.holdBack("at-work", 9);
    publish("at-work", images("at-work", 1, 0.5, 1));
    eventually().untilAsserted(() -> assertThat(losses("at-work")).isNotEmpty());

    delete("at-work");
    delete("unwanted");

    eventually().untilAsserted(() -> assertThat(FOLDER.resolve("models/unwanted")).doesNotExist());
    AUGMENTER.letGo();
    RunCompleted completed = await("at-work", RunCompleted.class);
    assertThat(FOLDER.resolve("models").resolve(completed.model())).exists();
  }

  @Test
  void aStartingTrainerCatchesUpOnDeletionsButKeepsARunRequestedAgain() {
    Trainer first = startTrainer(Map.of());
    publish("gone", images("gone", 1, 0.5, 1));
    publish("renewed", images("renewed", 1, 0.5, 1));
    await("gone", RunCompleted.class);
    await("renewed", RunCompleted.class);
    delete("renewed");
    eventually().untilAsserted(() -> assertThat(FOLDER.resolve("models/renewed")).doesNotExist());
    publish("renewed", images("renewed", 2, 0.5, 1));
    eventually().untilAsserted(() -> assertThat(of("renewed", RunCompleted.class)).hasSize(2));
    first.close();

    delete("gone");
    startTrainer(Map.of());

    eventually().untilAsserted(() -> assertThat(FOLDER.resolve("models/gone")).doesNotExist());
    assertThat(FOLDER.resolve("models").resolve(of("renewed", RunCompleted.class).get(1).model()))
        .exists();
  }
}
