package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.TrainingEvent.RunCompleted;
import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.event.TrainingEvent.RunStarted;
import io.millrace.embedded.EmbeddedS3;
import io.millrace.storage.StoreAddress;
import io.millrace.trainer.store.Digests;
import io.millrace.trainer.store.LocalS3;
import io.millrace.trainer.store.ObjectStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Runs that another trainer resumes. */
class ResumedRunTest extends WholeTrainer {
  @Test
  void aRunReturnedToTheQueueResumesElsewhereWithTheSameLosses() {
    Trainer first = startTrainer(Map.of());
    publish("calm", images("calm", 3, 0.5, 7));
    await("calm", RunCompleted.class);
    AUGMENTER.holdBack("stirred", 9);
    publish("stirred", images("stirred", 3, 0.5, 7));
    // Tasks are answered in any order, so the step that the run reaches varies.
    eventually().untilAsserted(() -> assertThat(losses("stirred")).isNotEmpty());

    first.close();
    long reached = losses("stirred").size();
    AUGMENTER.letGo();
    startTrainer(Map.of());

    await("stirred", RunCompleted.class);
    assertThat(of("stirred", RunStarted.class))
        .extracting(RunStarted::resumedAtStep)
        .containsExactly(0L, reached);
    assertThat(losses("stirred")).isEqualTo(losses("calm"));
    assertThat(metrics("stirred")).isEqualTo(metrics("calm"));
    assertThat(of("stirred", RunEvaluated.class).get(0).metrics())
        .isEqualTo(of("calm", RunEvaluated.class).get(0).metrics());
    assertThat(of("stirred", RunEvaluated.class).get(0).baseline())
        .isEqualTo(of("calm", RunEvaluated.class).get(0).baseline());
  }

  @Test
  void trainersThatShareOnlyKafkaAndABucketResumeEachOthersRuns() throws Exception {
    try (var server = EmbeddedS3.start(FOLDER.resolve("s3"))) {
      Map<String, String> bucket =
          Map.of(
              "millrace.trainer.models", "s3://runs/models",
              "millrace.trainer.s3.endpoint", server.endpoint().toString(),
              "millrace.trainer.s3.access-key", "key",
              "millrace.trainer.s3.secret-key", "secret");
      Trainer first = startTrainer(bucket);
      publish("shored", images("shored", 3, 0.5, 7));
      await("shored", RunCompleted.class);
      AUGMENTER.holdBack("afloat", 9);
      publish("afloat", images("afloat", 3, 0.5, 7));
      eventually().untilAsserted(() -> assertThat(losses("afloat")).isNotEmpty());

      first.close();
      AUGMENTER.letGo();
      startTrainer(bucket);

      RunCompleted completed = await("afloat", RunCompleted.class);
      assertThat(of("afloat", RunStarted.class).get(1).resumedAtStep()).isPositive();
      assertThat(losses("afloat")).isEqualTo(losses("shored"));
      try (var store =
          ObjectStore.open(
              new StoreAddress.Bucket("runs", "models/"), LocalS3.at(server.endpoint()))) {
        assertThat(store.read(completed.model()).map(Digests::sha256))
            .contains(of("shored", RunCompleted.class).get(0).modelSha256())
            .contains(completed.modelSha256());
      }
      trainers.forEach(Trainer::close);
    }
  }

  @Test
  void aTrainerClosedDuringALongStepReturnsItsRunWithinTenSeconds() {
    Trainer first = startTrainer(Map.of());
    publish("brisk", images("brisk", 2, 0.5, 7));
    await("brisk", RunCompleted.class);
    CountDownLatch stuck = TestNetworks.stuckAt(20);
    publish("sluggish", images("sluggish", 2, 0.5, 7));
    eventually().until(() -> stuck.getCount() == 1);

    long start = System.nanoTime();
    first.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    TestNetworks.stuckAt(-1);
    startTrainer(Map.of());

    await("sluggish", RunCompleted.class);
    stuck.countDown();
    assertThat(losses("sluggish")).isEqualTo(losses("brisk"));
    assertThat(of("sluggish", RunStarted.class)).hasSize(2);
  }

  @Test
  void aRunResumedElsewhereIsEndedByItsCallbacksAtTheSameEpoch() {
    Trainer first = startTrainer(Map.of());
    publish("calm-early", impatient("calm-early"));
    await("calm-early", RunCompleted.class);
    AUGMENTER.holdBack("stirred-early", 2, 5);
    publish("stirred-early", impatient("stirred-early"));
    eventually().untilAsserted(() -> assertThat(metrics("stirred-early")).hasSize(2));

    first.close();
    AUGMENTER.letGo();
    startTrainer(Map.of());

    RunCompleted completed = await("stirred-early", RunCompleted.class);
    RunCompleted calm = of("calm-early", RunCompleted.class).get(0);
    assertThat(of("stirred-early", RunStarted.class).get(1).resumedAtStep()).isBetween(26L, 38L);
    assertThat(completed.epochs()).isEqualTo(calm.epochs());
    assertThat(completed.bestEpoch()).isEqualTo(calm.bestEpoch());
    assertThat(losses("stirred-early")).isEqualTo(losses("calm-early"));
    assertThat(metrics("stirred-early")).isEqualTo(metrics("calm-early"));
    assertThat(of("stirred-early", RunEvaluated.class).get(0).metrics())
        .isEqualTo(of("calm-early", RunEvaluated.class).get(0).metrics());
  }

  @Test
  void aHangingRunMovesToAnotherTrainerAndTheFirstOneReportsItIsNotAlive() {
    Trainer first = startTrainer(Map.of("millrace.trainer.no-progress-seconds", "3"));
    CountDownLatch stuck = TestNetworks.stuckAt(20);
    publish("hanging", images("hanging", 2, 0.5, 7));
    eventually().until(() -> stuck.getCount() == 1);
    assertThat(first.isAlive()).isTrue();

    eventually().until(() -> !first.isAlive());
    startTrainer(Map.of());

    await("hanging", RunCompleted.class);
    stuck.countDown();
    assertThat(losses("hanging")).hasSize(26);
  }
}
