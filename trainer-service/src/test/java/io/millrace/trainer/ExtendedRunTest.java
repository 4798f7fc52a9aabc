package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.TrainingEvent.RunCancelled;
import io.millrace.contracts.event.TrainingEvent.RunCompleted;
import io.millrace.contracts.event.TrainingEvent.RunFailed;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.event.TrainingEvent.RunStarted;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs that are extended by more epochs. */
class ExtendedRunTest extends WholeTrainer {
  @Test
  void anExtendedRunEqualsARunThatWasLongerFromTheStart() {
    startTrainer(Map.of());
    publish("long", images("long", 5, 0.5, 7));
    publish("extended", images("extended", 3, 0.5, 7));
    await("long", RunCompleted.class);
    await("extended", RunCompleted.class);

    String more = images("extended", 5, 0.5, 7).replaceFirst("\\{", "{\"extend\":true,");
    publish("extended", more);
    publish("extended", more);

    eventually().untilAsserted(() -> assertThat(of("extended", RunCompleted.class)).hasSize(3));
    assertThat(of("extended", RunStarted.class))
        .extracting(RunStarted::resumedAtStep)
        .containsExactly(0L, 39L);
    assertThat(losses("extended")).isEqualTo(losses("long"));
    assertThat(metrics("extended")).isEqualTo(metrics("long"));
    assertThat(of("extended", RunCompleted.class).get(2).modelSha256())
        .isEqualTo(of("long", RunCompleted.class).get(0).modelSha256());
  }

  @Test
  void aCancelledRunKeepsItsLastStepAndCanBeExtended() {
    startTrainer(Map.of());
    publish("straight", images("straight", 3, 0.5, 7));
    await("straight", RunCompleted.class);
    AUGMENTER.holdBack("broken-off", 9);
    publish("broken-off", images("broken-off", 3, 0.5, 7));
    eventually().untilAsserted(() -> assertThat(losses("broken-off")).isNotEmpty());
    cancel("broken-off");
    Long reached = await("broken-off", RunCancelled.class).step();
    AUGMENTER.letGo();

    publish("broken-off", images("broken-off", 3, 0.5, 7).replaceFirst("\\{", "{\"extend\":true,"));

    await("broken-off", RunCompleted.class);
    assertThat(of("broken-off", RunStarted.class))
        .extracting(RunStarted::resumedAtStep)
        .containsExactly(0L, reached);
    assertThat(losses("broken-off")).isEqualTo(losses("straight"));
  }

  @Test
  void aRunThatDoesNotExistIsNotExtended() {
    startTrainer(Map.of());

    publish("no-run", images("no-run", 5, 0.5, 7).replaceFirst("\\{", "{\"extend\":true,"));

    assertThat(await("no-run", RunRejected.class).reason())
        .isEqualTo("extend: 'no-run' is not a known run; leave out extend to train it");
  }

  @Test
  void aFailedExtensionLeavesTheRunUnchangedAndCanBeRepeated() {
    startTrainer(Map.of());
    publish("unbroken", images("unbroken", 5, 0.5, 7));
    publish("interrupted", images("interrupted", 3, 0.5, 7));
    await("unbroken", RunCompleted.class);
    RunCompleted before = await("interrupted", RunCompleted.class);
    String more = images("interrupted", 5, 0.5, 7).replaceFirst("\\{", "{\"extend\":true,");
    AUGMENTER.takeAway("interrupted", 4);

    publish("interrupted", more);

    assertThat(await("interrupted", RunFailed.class).reason())
        .isEqualTo(
            "dataset.name: 'stripes' is not known any longer; the model from before the"
                + " extension is unchanged, and the run can be extended again");
    assertThat(FOLDER.resolve("models").resolve(before.model())).exists();
    AUGMENTER.letGo();
    publish("interrupted", more);
    eventually().untilAsserted(() -> assertThat(of("interrupted", RunCompleted.class)).hasSize(2));
    assertThat(of("interrupted", RunStarted.class))
        .extracting(RunStarted::resumedAtStep)
        .satisfiesExactly(
            first -> assertThat(first).isZero(),
            second -> assertThat(second).isEqualTo(39),
            third -> assertThat(third).isGreaterThanOrEqualTo(39));
    assertThat(losses("interrupted")).isEqualTo(losses("unbroken"));
    assertThat(of("interrupted", RunCompleted.class).get(1).modelSha256())
        .isEqualTo(of("unbroken", RunCompleted.class).get(0).modelSha256());
  }

  @Test
  void anExtensionOnChangedDataFailsAndTasksNameTheOriginalFingerprint() {
    AUGMENTER.fingerprint("one");
    startTrainer(Map.of());
    publish("steady", images("steady", 1, 0.5, 7));
    await("steady", RunCompleted.class);
    String more = images("steady", 2, 0.5, 7).replaceFirst("\\{", "{\"extend\":true,");
    AUGMENTER.fingerprint("two");

    publish("steady", more);

    assertThat(await("steady", RunFailed.class).reason())
        .contains("the data have changed")
        .endsWith(
            "the model from before the extension is unchanged, and the run can be extended again");
    AUGMENTER.fingerprint("one");
    publish("steady", more);
    eventually().untilAsserted(() -> assertThat(of("steady", RunCompleted.class)).hasSize(2));
    assertThat(AUGMENTER.asked("steady")).containsExactly("one");
  }

  @Test
  void cancellingAQueuedExtensionKeepsTheModel() {
    startTrainer(Map.of());
    publish("long-enough", images("long-enough", 1, 0.5, 7));
    RunCompleted completed = await("long-enough", RunCompleted.class);
    AUGMENTER.holdBack("in-the-way", 2);
    publish("in-the-way", images("in-the-way", 1, 0.5, 1));
    await("in-the-way", RunStarted.class);
    publish(
        "long-enough", images("long-enough", 3, 0.5, 7).replaceFirst("\\{", "{\"extend\":true,"));

    cancel("long-enough");
    AUGMENTER.letGo();

    assertThat(await("long-enough", RunCancelled.class).step()).isEqualTo(13);
    assertThat(FOLDER.resolve("models").resolve(completed.model())).exists();
    assertThat(FOLDER.resolve("models/long-enough/claim-3.json")).doesNotExist();
  }
}
