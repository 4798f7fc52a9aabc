package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.TrainingEvent.RunCompleted;
import io.millrace.contracts.event.TrainingEvent.RunFailed;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.event.TrainingEvent.RunStarted;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs that fail, and runs that wait for an augmentation service. */
class FailedRunTest extends WholeTrainer {
  @Test
  void outOfMemoryFailsTheRunWithItsStepButNotTheTrainer() {
    startTrainer(Map.of());
    TestNetworks.outOfMemoryAt(5);

    publish("greedy", images("greedy", 1, 0.5, 1));

    RunFailed failed = await("greedy", RunFailed.class);
    assertThat(failed.reason())
        .isEqualTo("the trainer ran out of memory; try a smaller batch_size or a smaller model");
    assertThat(failed.step()).isEqualTo(5);
    TestNetworks.outOfMemoryAt(-1);
    publish("modest", images("modest", 1, 0.5, 1));
    await("modest", RunCompleted.class);
  }

  @Test
  void aDivergingRunFailsWithAdvice() {
    startTrainer(Map.of());

    publish("diverges", series("diverges").replace("0.1", "999"));

    assertThat(await("diverges", RunFailed.class).reason())
        .matches("diverged: the loss is not finite at step \\d+; try a smaller learning rate");
  }

  @Test
  void aRunWhoseWeightsOverflowInAnEpochsLastStepFailsAtTheEpochsEnd() {
    startTrainer(Map.of());

    // An epoch is one step, and each step multiplies the rate by 1000: the weights overflow before
    // the loss.
    publish(
        "bursts",
        series("bursts")
            .replace("\"batch_size\":16", "\"batch_size\":90")
            .replace(
                "0.1",
                "{\"type\":\"ExponentialDecay\",\"initial_learning_rate\":1000,"
                    + "\"decay_steps\":1,\"decay_rate\":1000}"));

    assertThat(await("bursts", RunFailed.class).reason())
        .matches(
            "diverged: the weights are not finite after step \\d+; try a smaller learning rate");
  }

  @Test
  void aBatchWithLabelsOfTheWrongShapeFailsTheRunWithTheReason() {
    startTrainer(Map.of());

    publish("frayed", images("frayed", 1, 0.5, 1).replace("stripes", "frayed"));

    assertThat(await("frayed", RunFailed.class).reason())
        .isEqualTo(
            "the augmentation service sent an invalid record: labels: I32 [8, 1] does not fit 8"
                + " samples; give I32 [8], or F32 [8, 3] for mixed training samples");
  }

  @Test
  void aDataSetThatDisappearsFailsTheRunWithTheFieldAndTheStep() {
    startTrainer(Map.of());
    AUGMENTER.takeAway("bereft", 1);

    publish("bereft", images("bereft", 3, 0.5, 1));

    RunFailed failed = await("bereft", RunFailed.class);
    assertThat(failed.reason()).isEqualTo("dataset.name: 'stripes' is not known any longer");
    assertThat(failed.step()).isBetween(1L, 13L);
    assertThat(of("bereft", RunRejected.class)).isEmpty();
  }

  @Test
  void aRunWithoutAnyBatchWaitsForAnAugmentationServiceAndTheTrainerReportsIt() {
    Trainer trainer = startTrainer(Map.of("millrace.trainer.give-up-seconds", "1"));
    AUGMENTER.holdBack("alone", 0);

    publish("alone", images("alone", 1, 0.5, 1));

    eventually()
        .until(() -> trainer.trouble().startsWith("no augmentation service has answered for"));
    assertThat(trainer.isReady()).isFalse();
    AUGMENTER.letGo();
    await("alone", RunCompleted.class);
    assertThat(of("alone", RunStarted.class)).hasSize(1);
    eventually().until(trainer::isReady);
  }

  @Test
  void aRunThatGetsNoMoreBatchesFailsWithTheReason() {
    startTrainer(Map.of("millrace.trainer.give-up-seconds", "1"));
    AUGMENTER.holdBack("forsaken", 9);

    publish("forsaken", images("forsaken", 1, 0.5, 1));

    assertThat(await("forsaken", RunFailed.class).reason())
        .startsWith("no augmentation service has answered for 1 s");
  }

  @Test
  void aRunThatExceedsItsTimeLimitFails() {
    Trainer first = startTrainer(Map.of());
    AUGMENTER.holdBack("endless", 9);
    publish("endless", images("endless", 1, 0.5, 1));
    eventually().untilAsserted(() -> assertThat(losses("endless")).isNotEmpty());
    first.close();
    startTrainer(Map.of(), Clock.offset(Clock.systemUTC(), Duration.ofHours(169)));

    assertThat(await("endless", RunFailed.class).reason())
        .startsWith("has trained for 168 hours, the limit of this trainer");
  }

  @Test
  void aRunWhoseDataHaveChangedFailsInsteadOfBeingSplitAgain() {
    AUGMENTER.fingerprint("before");
    Trainer first = startTrainer(Map.of());
    AUGMENTER.holdBack("shifted", 9);
    publish("shifted", images("shifted", 1, 0.5, 1));
    eventually().untilAsserted(() -> assertThat(losses("shifted")).isNotEmpty());
    first.close();
    AUGMENTER.letGo();
    AUGMENTER.fingerprint("after");

    startTrainer(Map.of());

    assertThat(await("shifted", RunFailed.class).reason())
        .isEqualTo(
            "dataset.name: the data have changed since the run began; the fingerprint of"
                + " 'stripes' was before and is after; submit a new run for the new data");
    assertThat(of("shifted", RunStarted.class))
        .extracting(RunStarted::datasetFingerprint)
        .containsExactly("before");
  }
}
