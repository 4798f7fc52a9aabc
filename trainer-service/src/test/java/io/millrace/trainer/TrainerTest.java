package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.TrainingEvent.EpochCompleted;
import io.millrace.contracts.event.TrainingEvent.RunCompleted;
import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.event.TrainingEvent.RunStarted;
import io.millrace.contracts.tensor.Safetensors;
import io.millrace.messaging.Topics;
import io.millrace.trainer.store.Digests;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Runs that train to their end, on a real broker with a tiny network and augmentation service. */
class TrainerTest extends WholeTrainer {
  @Test
  void aRunStoresItsModelAndPublishesItsMetricsAndEvaluation() throws Exception {
    startTrainer(Map.of());

    publish("images", images("images", 3, 0.5, 1));

    RunCompleted completed = await("images", RunCompleted.class);
    assertThat(completed.steps()).isEqualTo(39);
    Path model = FOLDER.resolve("models").resolve(completed.model());
    assertThat(Digests.sha256(model)).isEqualTo(completed.modelSha256());
    assertThat(Files.size(model)).isEqualTo(completed.modelBytes());
    RunStarted started = of("images", RunStarted.class).get(0);
    assertThat(started.stepsPerEpoch()).isEqualTo(13);
    assertThat(started.samples()).containsEntry("train", 100).containsEntry("test", 40);
    assertThat(started.validationPart()).isEqualTo("test");
    assertThat(losses("images")).hasSize(39);
    List<EpochCompleted> epochs = of("images", EpochCompleted.class);
    assertThat(epochs).extracting(EpochCompleted::epoch).containsExactly(0, 1, 2);
    assertThat(epochs.get(2).metrics())
        .containsOnlyKeys("loss", "acc", "val_loss", "val_acc", "learning_rate");
    RunEvaluated evaluated = of("images", RunEvaluated.class).get(0);
    assertThat(evaluated.metrics().get("acc"))
        .isEqualTo(epochs.get(2).metrics().get("val_acc"))
        .isGreaterThan(evaluated.baseline().metrics().get("acc"));
    assertThat(evaluated.confusion().matrix().stream().flatMap(List::stream).mapToInt(n -> n).sum())
        .isEqualTo(40);
  }

  @Test
  void aRunWithMixupTrainsAndItsBaselineUsesTheRealClasses() {
    startTrainer(Map.of());
    String request = images("mixed", 3, 0.5, 1);

    publish("unmixed", request.replace("mixed", "unmixed"));
    publish(
        "mixed",
        request.replace(
            "\"model\"", "\"augmentation\":{\"transforms\":[{\"type\":\"mixup\"}]},\"model\""));

    await("mixed", RunCompleted.class);
    List<EpochCompleted> epochs = of("mixed", EpochCompleted.class);
    // The crossentropy of shares is at least their entropy.
    double entropy = -0.75 * Math.log(0.75) - 0.25 * Math.log(0.25);
    assertThat(epochs.get(2).metrics().get("loss"))
        .isGreaterThan(entropy)
        .isLessThan(epochs.get(0).metrics().get("loss"));
    RunEvaluated evaluated = of("mixed", RunEvaluated.class).get(0);
    assertThat(evaluated.metrics().get("acc"))
        .isEqualTo(epochs.get(2).metrics().get("val_acc"))
        .isGreaterThan(evaluated.baseline().metrics().get("acc"));
    assertThat(evaluated.baseline()).isEqualTo(of("unmixed", RunEvaluated.class).get(0).baseline());
  }

  @Test
  void aRunStartsFromAnotherRunsWeights() throws Exception {
    startTrainer(Map.of());
    publish("pretrained", images("pretrained", 3, 0.5, 1));
    await("pretrained", RunCompleted.class);

    publish("tuned", startingFrom("tuned", "{\"run\":\"pretrained\"}"));
    publish("fresh", startingFrom("fresh", "{\"run\":\"pretrained\",\"skip\":[\"dense\"]}"));
    publish("nothing", startingFrom("nothing", "{\"file\":\"gone.safetensors\"}"));
    publish("misnamed", startingFrom("misnamed", "{\"run\":\"pretrained\",\"skip\":[\"conv\"]}"));
    await("tuned", RunCompleted.class);
    await("fresh", RunCompleted.class);

    assertThat(weights("tuned")).isEqualTo(weights("pretrained"));
    assertThat(weights("fresh")).isNotEqualTo(weights("pretrained"));
    assertThat(await("nothing", RunRejected.class).reason())
        .isEqualTo("initial_weights.file: 'gone.safetensors' is not in the model store");
    assertThat(await("misnamed", RunRejected.class).reason())
        .isEqualTo(
            "initial_weights.skip[0]: 'conv' is not a layer of this network; give one of its"
                + " layers");
  }

  @Test
  void theStandardizationOfImagesIsStoredBesideTheModel() throws Exception {
    startTrainer(Map.of());

    publish(
        "standardized",
        images("standardized", 1, 0.5, 1)
            .replace("\"model\"", "\"augmentation\":{\"samplewise_center\":true},\"model\""));

    await("standardized", RunCompleted.class);
    Path file = FOLDER.resolve("models/standardized/v1/preprocessing.safetensors");
    assertThat(Safetensors.read(ByteBuffer.wrap(Files.readAllBytes(file))).metadata())
        .containsEntry("samplewise_center", "true");
  }

  @Test
  void seriesPredictionsAreInDataUnitsAndComparedWithPersistence() {
    startTrainer(Map.of());

    publish("series", series("series"));

    await("series", RunCompleted.class);
    RunEvaluated evaluated = of("series", RunEvaluated.class).get(0);
    assertThat(evaluated.prediction().truth()).hasSize(30).allMatch(v -> v > 19 && v < 31);
    assertThat(evaluated.prediction().dates()).startsWith("2020-01-01").hasSize(30);
    assertThat(evaluated.baseline().name()).isEqualTo("persistence");
    assertThat(evaluated.baseline().metrics()).containsOnlyKeys("loss", "mae");
    assertThat(evaluated.prediction().rmse())
        .isLessThan(evaluated.prediction().baselineRmse())
        .isCloseTo(10 * Math.sqrt(evaluated.metrics().get("loss")), Offset.offset(1e-6));
  }

  @Test
  void aRunThatStopsEarlyCompletesWithItsBestWeights() {
    startTrainer(Map.of());

    publish("early", impatient("early"));

    RunCompleted completed = await("early", RunCompleted.class);
    assertThat(completed.epochs()).isEqualTo(4);
    assertThat(completed.steps()).isEqualTo(4 * 13);
    assertThat(completed.stoppedEarly()).isTrue();
    assertThat(completed.bestEpoch()).isZero();
    List<Map<String, Double>> metrics = metrics("early");
    assertThat(metrics)
        .extracting(epoch -> epoch.get("learning_rate"))
        .containsExactly(0.5, 0.5, 0.25, 0.125);
    RunEvaluated evaluated = of("early", RunEvaluated.class).get(0);
    assertThat(evaluated.metrics().get("loss"))
        .isEqualTo(metrics.get(0).get("val_loss"))
        .isGreaterThan(metrics.get(3).get("val_loss"));
  }

  @Test
  void theBatchTopicNeverHoldsMoreThanTheWindowAndIsDeletedWithTheRun() {
    startTrainer(Map.of());

    publish("windowed", images("windowed", 6, 0.5, 1));

    await("windowed", RunCompleted.class);
    assertThat(AUGMENTER.fullest("windowed")).isBetween(1L, (long) WINDOW);
    assertThat(AUGMENTER.produced("windowed")).isEqualTo(6 * 13 + 5);
    eventually()
        .untilAsserted(
            () ->
                assertThat(ADMIN.listTopics().names().get())
                    .doesNotContain(Topics.batches("windowed")));
  }

  @Test
  void anEvaluationPartTooLargeForTheCacheIsRequestedEveryEpoch() {
    startTrainer(Map.of("millrace.trainer.evaluation-cache-bytes", "10"));

    publish("uncached", images("uncached", 2, 0.5, 1));

    await("uncached", RunCompleted.class);
    assertThat(AUGMENTER.produced("uncached")).isEqualTo(2 * (13 + 5) + 5);
  }

  @Test
  void aDescriptionForAnotherRunWithTheSameIdIsIgnored() {
    startTrainer(Map.of());
    AUGMENTER.answerLate("reused");

    publish("reused", images("reused", 1, 0.5, 1));

    await("reused", RunCompleted.class);
    assertThat(of("reused", RunStarted.class).get(0).samples()).containsEntry("train", 100);
  }

  @Test
  void twoTrainersShareTheRunsAndEachRunTrainsOnce() {
    startTrainer(Map.of("millrace.trainer.id", "one"));
    startTrainer(Map.of("millrace.trainer.id", "two"));

    for (int i = 0; i < 6; i++) {
      publish("shared-" + i, images("shared-" + i, 4, 0.5, i));
    }

    for (int i = 0; i < 6; i++) {
      await("shared-" + i, RunCompleted.class);
      assertThat(of("shared-" + i, RunStarted.class)).hasSize(1);
      assertThat(of("shared-" + i, RunCompleted.class)).hasSize(1);
    }
  }

  /** A request whose learning rate is too small for a step to change a weight. */
  private static String startingFrom(String run, String weights) {
    return images(run, 1, 1e-30, 2)
        .replace("\"model\"", "\"initial_weights\":" + weights + ",\"model\"");
  }

  private static List<ByteBuffer> weights(String run) throws Exception {
    Path file = FOLDER.resolve("models/" + run + "/v1/weights.safetensors");
    Safetensors tensors = Safetensors.read(ByteBuffer.wrap(Files.readAllBytes(file)));
    return List.of(tensors.tensor("dense/kernel").data(), tensors.tensor("dense/bias").data());
  }
}
