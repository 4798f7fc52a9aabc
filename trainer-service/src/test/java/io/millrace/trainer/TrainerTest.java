package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.contracts.event.RefusedBy;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.event.TrainingEvent.EpochCompleted;
import io.millrace.contracts.event.TrainingEvent.RunCancelled;
import io.millrace.contracts.event.TrainingEvent.RunCompleted;
import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.event.TrainingEvent.RunFailed;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.event.TrainingEvent.RunStarted;
import io.millrace.contracts.event.TrainingEvent.StepsCompleted;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.tensor.Safetensors;
import io.millrace.embedded.EmbeddedKafka;
import io.millrace.embedded.EmbeddedS3;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import io.millrace.storage.StoreAddress;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Network;
import io.millrace.trainer.network.NetworkFactory;
import io.millrace.trainer.network.TrainingMemory;
import io.millrace.trainer.store.Digests;
import io.millrace.trainer.store.LocalS3;
import io.millrace.trainer.store.ObjectStore;
import io.opentelemetry.api.OpenTelemetry;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.assertj.core.data.Offset;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole trainer on a real broker, with a network and an augmenter that are tiny and real. */
class TrainerTest {
  private static final int WINDOW = 6;

  @TempDir static Path folder;

  private static EmbeddedKafka broker;
  private static KafkaSettings kafka;
  private static Admin admin;
  private static Producer<byte[], byte[]> producer;
  private static Consumer<byte[], byte[]> events;
  private static Consumer<byte[], byte[]> letters;
  private static TinyAugmenter augmenter;
  private static final List<TrainingEvent> SEEN = new ArrayList<>();
  private static final List<ConsumerRecord<byte[], byte[]>> DEAD = new ArrayList<>();

  private final List<Trainer> trainers = new ArrayList<>();

  @BeforeAll
  static void startBroker() throws Exception {
    broker = EmbeddedKafka.start(folder.resolve("kafka"));
    kafka =
        new KafkaSettings(
            Map.of("bootstrap.servers", broker.bootstrapServers()), Optional.of((short) 1));
    admin = kafka.admin();
    new TopicProvisioner(admin).ensureDurable(kafka.replicationFactor());
    producer = kafka.producer();
    events = kafka.reader();
    events.assign(
        IntStream.range(0, 4)
            .mapToObj(p -> new TopicPartition(Topics.TRAINING_EVENTS, p))
            .toList());
    letters = kafka.reader();
    letters.assign(List.of(new TopicPartition(Topics.TRAINING_REQUESTS_DLQ, 0)));
    augmenter = new TinyAugmenter(kafka, admin);
  }

  @AfterAll
  static void stopBroker() throws Exception {
    augmenter.close();
    events.close();
    letters.close();
    producer.close();
    admin.close();
    broker.close();
  }

  @AfterEach
  void stopTrainers() {
    augmenter.letGo();
    augmenter.fingerprint(null);
    trainers.forEach(Trainer::close);
  }

  @Test
  void aRequestTrainsAndLeavesItsModelAndItsEvaluation() throws Exception {
    startTrainer(Map.of());

    publish("images", images("images", 3, 0.5, 1));

    RunCompleted completed = await("images", RunCompleted.class);
    assertThat(completed.steps()).isEqualTo(39);
    Path model = folder.resolve("models").resolve(completed.model());
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
  void mixedSamplesTrainAndTheBaselineIsThatOfTheRealClasses() {
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
  void aRunStartsFromTheWeightsOfAnother() throws Exception {
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
            "initial_weights.skip[0]: 'conv' is not a layer of this network; give one of its layers");
  }

  /** A request whose steps change nothing. */
  private static String startingFrom(String run, String weights) {
    return images(run, 1, 1e-30, 2)
        .replace("\"model\"", "\"initial_weights\":" + weights + ",\"model\"");
  }

  private static List<ByteBuffer> weights(String run) throws Exception {
    Path file = folder.resolve("models/" + run + "/v1/weights.safetensors");
    Safetensors tensors = Safetensors.read(ByteBuffer.wrap(Files.readAllBytes(file)));
    return List.of(tensors.tensor("dense/kernel").data(), tensors.tensor("dense/bias").data());
  }

  @Test
  void howImagesWereStandardizedIsKeptBesideTheModel() throws Exception {
    startTrainer(Map.of());

    publish(
        "standardized",
        images("standardized", 1, 0.5, 1)
            .replace("\"model\"", "\"augmentation\":{\"samplewise_center\":true},\"model\""));

    await("standardized", RunCompleted.class);
    Path file = folder.resolve("models/standardized/v1/preprocessing.safetensors");
    assertThat(Safetensors.read(ByteBuffer.wrap(Files.readAllBytes(file))).metadata())
        .containsEntry("samplewise_center", "true");
  }

  @Test
  void aSeriesIsPredictedInItsUnitsWithPersistenceBesideIt() {
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
  void whatALaterVersionMayKnowIsHandedOnAndRefusedAfterAnHour() {
    startTrainer(Map.of());

    send(
        "later",
        images("later", 1, 0.5, 1).replace("\"epochs\"", "\"epochz\""),
        Map.of(Topics.HANDED_ON_SINCE, Long.toString(System.currentTimeMillis() - 3_700_000)));

    RunRejected rejected = await("later", RunRejected.class);
    assertThat(rejected.field()).isEqualTo("epochz");
    assertThat(rejected.reason())
        .startsWith("epochz: ")
        .endsWith("(not supported by this version of the trainer)");
    assertThat(rejected.conflict()).isFalse();
    assertThat(rejected.request().path("run").asText()).isEqualTo("later");
    ConsumerRecord<byte[], byte[]> letter = letter("later");
    assertThat(new String(letter.value(), StandardCharsets.UTF_8)).contains("epochz");
    assertThat(header(letter, Topics.DLQ_FIELD)).isEqualTo("epochz");
    assertThat(header(letter, Topics.DLQ_REASON)).isEqualTo(rejected.reason());
  }

  @Test
  void aRunOfALaterVersionGoesToTheQueuesEndAndTheNextOneTrains() {
    startTrainer(Map.of());

    publish("newer", images("newer", 1, 0.5, 1).replace("\"Dense\"", "\"AdditiveAttention\""));
    publish("after-newer", images("after-newer", 1, 0.5, 1));

    await("after-newer", RunCompleted.class);
    ConsumerRecord<byte[], byte[]> successor =
        queued("newer", record -> record.headers().lastHeader(Topics.SUCCESSOR_OF) != null);
    assertThat(header(successor, Topics.REQUESTED_AT))
        .isEqualTo(header(successor, Topics.HANDED_ON_SINCE))
        .isEqualTo(Long.toString(queued("newer", record -> true).timestamp()));
    assertThat(of("newer", RunRejected.class)).isEmpty();
    cancel("newer");
    await("newer", RunCancelled.class);
  }

  @Test
  void whatIsNoJsonIsRefusedUnderItsKeyAndTheNextRequestTrains() {
    startTrainer(Map.of());

    publish("no-json", "train me!");
    publish("after-no-json", images("after-no-json", 1, 0.5, 1));

    assertThat(await("no-json", RunRejected.class).reason()).startsWith("not JSON");
    assertThat(letter("no-json").value()).asString().isEqualTo("train me!");
    await("after-no-json", RunCompleted.class);
  }

  @Test
  void theSameRequestTwiceTrainsOnceAndIsToldAgain() {
    startTrainer(Map.of());
    publish("twice", images("twice", 1, 0.5, 1));
    await("twice", RunCompleted.class);

    publish("twice", images("twice", 1, 0.5, 1));

    eventually().untilAsserted(() -> assertThat(of("twice", RunCompleted.class)).hasSize(2));
    assertThat(of("twice", RunStarted.class)).hasSize(1);
    assertThat(of("twice", RunCompleted.class).get(0))
        .isEqualTo(of("twice", RunCompleted.class).get(1));
  }

  @Test
  void anotherRequestUnderTheSameRunIsRefusedAsAConflict() {
    startTrainer(Map.of());
    publish("taken", images("taken", 1, 0.5, 1));
    await("taken", RunCompleted.class);

    publish("taken", images("taken", 2, 0.5, 1));

    RunRejected rejected = await("taken", RunRejected.class);
    assertThat(rejected.conflict()).isTrue();
    assertThat(rejected.refusedBy()).isEqualTo(RefusedBy.TRAINER);
    assertThat(rejected.reason())
        .isEqualTo(
            "run: 'taken' already belongs to another request (it is COMPLETED); give another run"
                + " id");
    assertThat(header(letter("taken"), Topics.DLQ_FIELD)).isEqualTo("run");
  }

  @Test
  void aRequestThatDoesNotFitItsDataIsRefusedAndItsRunIdIsFreeAgain() {
    startTrainer(Map.of());
    publish("misfit", images("misfit", 1, 0.5, 1).replace("\"units\":3", "\"units\":4"));
    assertThat(await("misfit", RunRejected.class).field()).isEqualTo("model.layers[0]");
    publish("lost", images("lost", 1, 0.5, 1).replace("stripes", "nowhere"));
    assertThat(await("lost", RunRejected.class).reason())
        .isEqualTo("dataset.name: 'nowhere' is not known; known are stripes, wave");

    publish("misfit", images("misfit", 1, 0.5, 1));

    await("misfit", RunCompleted.class);
    assertThat(header(letter("lost"), Topics.DLQ_FIELD)).isEqualTo("dataset.name");
  }

  @Test
  void whatTheRequestItselfRulesOutIsRefusedBeforeAnythingIsMadeForIt() throws Exception {
    startTrainer(Map.of());

    publish("foreseen", series("foreseen").replace("\"units\":1", "\"units\":2"));

    RunRejected rejected = await("foreseen", RunRejected.class);
    assertThat(rejected.reason()).isEqualTo("model.layers[0]: has to be a Dense of 1 units");
    assertThat(rejected.conflict()).isFalse();
    assertThat(header(letter("foreseen"), Topics.DLQ_FIELD)).isEqualTo("model.layers[0]");
    assertThat(folder.resolve("models/foreseen")).doesNotExist();
    publish("foreseen", series("foreseen"));
    await("foreseen", RunCompleted.class);
  }

  @Test
  void aRunThatIsGivenBackGoesOnElsewhereWithTheSameLosses() {
    Trainer first = startTrainer(Map.of());
    publish("calm", images("calm", 3, 0.5, 7));
    await("calm", RunCompleted.class);
    augmenter.holdBack("stirred", 9);
    publish("stirred", images("stirred", 3, 0.5, 7));
    // Tasks are answered in any order, so where the run comes to a halt is chance.
    eventually().untilAsserted(() -> assertThat(losses("stirred")).isNotEmpty());

    first.close();
    long reached = losses("stirred").size();
    augmenter.letGo();
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
  void aRunThatIsExtendedGoesOnAsIfItHadBeenLongerFromTheStart() {
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
  void aCancelledRunKeepsItsLastStepAndCanBeGoneOnWith() {
    startTrainer(Map.of());
    publish("straight", images("straight", 3, 0.5, 7));
    await("straight", RunCompleted.class);
    augmenter.holdBack("broken-off", 9);
    publish("broken-off", images("broken-off", 3, 0.5, 7));
    eventually().untilAsserted(() -> assertThat(losses("broken-off")).isNotEmpty());
    cancel("broken-off");
    Long reached = await("broken-off", RunCancelled.class).step();
    augmenter.letGo();

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
  void trainersThatShareNothingButKafkaAndABucketGoOnWithOneAnothersRuns() throws Exception {
    try (var server = EmbeddedS3.start(folder.resolve("s3"))) {
      Map<String, String> bucket =
          Map.of(
              "millrace.trainer.models", "s3://runs/models",
              "millrace.trainer.s3.endpoint", server.endpoint().toString(),
              "millrace.trainer.s3.access-key", "key",
              "millrace.trainer.s3.secret-key", "secret");
      Trainer first = startTrainer(bucket);
      publish("shored", images("shored", 3, 0.5, 7));
      await("shored", RunCompleted.class);
      augmenter.holdBack("afloat", 9);
      publish("afloat", images("afloat", 3, 0.5, 7));
      eventually().untilAsserted(() -> assertThat(losses("afloat")).isNotEmpty());

      first.close();
      augmenter.letGo();
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
  void aTrainerThatIsClosedInTheMiddleOfALongStepGivesItsRunBackWithinTenSeconds() {
    Trainer first = startTrainer(Map.of());
    publish("brisk", images("brisk", 2, 0.5, 7));
    await("brisk", RunCompleted.class);
    CountDownLatch stuck = Networks.stuckAt(20);
    publish("sluggish", images("sluggish", 2, 0.5, 7));
    eventually().until(() -> stuck.getCount() == 1);

    long start = System.nanoTime();
    first.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    Networks.stuckAt(-1);
    startTrainer(Map.of());

    await("sluggish", RunCompleted.class);
    stuck.countDown();
    assertThat(losses("sluggish")).isEqualTo(losses("brisk"));
    assertThat(of("sluggish", RunStarted.class)).hasSize(2);
  }

  @Test
  void wantOfMemoryFailsTheRunWithTheStepAndTheTrainerGoesOn() {
    startTrainer(Map.of());
    Networks.outOfMemoryAt(5);

    publish("greedy", images("greedy", 1, 0.5, 1));

    RunFailed failed = await("greedy", RunFailed.class);
    assertThat(failed.reason())
        .isEqualTo(
            "the trainer ran out of memory; try a smaller batch_size or a smaller model");
    assertThat(failed.step()).isEqualTo(5);
    Networks.outOfMemoryAt(-1);
    publish("modest", images("modest", 1, 0.5, 1));
    await("modest", RunCompleted.class);
  }

  @Test
  void aRunThatStopsEarlyEndsWellWithItsBestWeights() {
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
  void aRunThatGoesOnElsewhereIsEndedByItsCallbacksAlike() {
    Trainer first = startTrainer(Map.of());
    publish("calm-early", impatient("calm-early"));
    await("calm-early", RunCompleted.class);
    augmenter.holdBack("stirred-early", 2, 5);
    publish("stirred-early", impatient("stirred-early"));
    eventually().untilAsserted(() -> assertThat(metrics("stirred-early")).hasSize(2));

    first.close();
    augmenter.letGo();
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
  void theBatchTopicNeverHoldsMoreThanTheWindowAndGoesWithTheRun() {
    startTrainer(Map.of());

    publish("windowed", images("windowed", 6, 0.5, 1));

    await("windowed", RunCompleted.class);
    assertThat(augmenter.fullest("windowed")).isBetween(1L, (long) WINDOW);
    assertThat(augmenter.produced("windowed")).isEqualTo(6 * 13 + 5);
    eventually()
        .untilAsserted(
            () ->
                assertThat(admin.listTopics().names().get())
                    .doesNotContain(Topics.batches("windowed")));
  }

  @Test
  void anEvaluationPartThatIsTooLargeForTheCacheComesAgainEveryEpoch() {
    startTrainer(Map.of("millrace.trainer.evaluation-cache-bytes", "10"));

    publish("uncached", images("uncached", 2, 0.5, 1));

    await("uncached", RunCompleted.class);
    assertThat(augmenter.produced("uncached")).isEqualTo(2 * (13 + 5) + 5);
  }

  @Test
  void aCancelledRunEndsWhileItTrainsAndAQueuedOneIsNeverTrained() {
    startTrainer(Map.of());
    augmenter.holdBack("cancelled", 9);
    publish("cancelled", images("cancelled", 3, 0.5, 1));
    publish("never", images("never", 3, 0.5, 1));
    eventually().untilAsserted(() -> assertThat(losses("cancelled")).isNotEmpty());

    cancel("never");
    cancel("cancelled");

    assertThat(await("cancelled", RunCancelled.class).step())
        .isEqualTo(losses("cancelled").size())
        .isLessThan(13);
    augmenter.letGo();
    assertThat(await("never", RunCancelled.class).step()).isNull();
    assertThat(of("never", RunStarted.class)).isEmpty();
  }

  @Test
  void aRunThatDivergesFailsAndSaysWhatToTry() {
    startTrainer(Map.of());

    publish("diverges", series("diverges").replace("0.1", "999"));

    assertThat(await("diverges", RunFailed.class).reason())
        .matches("diverged: the loss is not finite at step \\d+; try a smaller learning rate");
  }

  @Test
  void aRunWhoseWeightsBurstInAnEpochsLastStepFailsAtTheEpochsEnd() {
    startTrainer(Map.of());

    // One step an epoch, at a rate that grows a thousandfold: weights leave the floats first.
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
  void aBatchWhoseLabelsAreOfAnotherShapeFailsTheRunInWords() {
    startTrainer(Map.of());

    publish("frayed", images("frayed", 1, 0.5, 1).replace("stripes", "frayed"));

    assertThat(await("frayed", RunFailed.class).reason())
        .isEqualTo(
            "the augmentation service sent an invalid record: labels: I32 [8, 1] does not fit 8"
                + " samples; give I32 [8], or F32 [8, 3] for mixed training samples");
  }

  @Test
  void aDataSetThatVanishesFailsTheRunWithTheFieldAndTheStep() {
    startTrainer(Map.of());
    augmenter.takeAway("bereft", 1);

    publish("bereft", images("bereft", 3, 0.5, 1));

    RunFailed failed = await("bereft", RunFailed.class);
    assertThat(failed.reason()).isEqualTo("dataset.name: 'stripes' is not known any longer");
    assertThat(failed.step()).isBetween(1L, 13L);
    assertThat(of("bereft", RunRejected.class)).isEmpty();
  }

  @Test
  void anExtensionThatFailsLeavesTheRunAsItWasAndCanBeAskedForAgain() {
    startTrainer(Map.of());
    publish("unbroken", images("unbroken", 5, 0.5, 7));
    publish("interrupted", images("interrupted", 3, 0.5, 7));
    await("unbroken", RunCompleted.class);
    RunCompleted before = await("interrupted", RunCompleted.class);
    String more = images("interrupted", 5, 0.5, 7).replaceFirst("\\{", "{\"extend\":true,");
    augmenter.takeAway("interrupted", 4);

    publish("interrupted", more);

    assertThat(await("interrupted", RunFailed.class).reason())
        .isEqualTo(
            "dataset.name: 'stripes' is not known any longer; the model from before the"
                + " extension is unchanged, and the run can be extended again");
    assertThat(folder.resolve("models").resolve(before.model())).exists();
    augmenter.letGo();
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
  void aRunForWhichNoBatchEverCameWaitsForAnAugmenterAndTheTrainerSaysSo() {
    Trainer trainer = startTrainer(Map.of("millrace.trainer.give-up-seconds", "1"));
    augmenter.holdBack("alone", 0);

    publish("alone", images("alone", 1, 0.5, 1));

    eventually()
        .until(() -> trainer.trouble().startsWith("no augmentation service has answered for"));
    assertThat(trainer.isReady()).isFalse();
    augmenter.letGo();
    await("alone", RunCompleted.class);
    assertThat(of("alone", RunStarted.class)).hasSize(1);
    eventually().until(trainer::isReady);
  }

  @Test
  void aRunThatWaitsForAnAugmenterCanBeCancelled() {
    startTrainer(Map.of());
    augmenter.holdBack("waiting", 0);
    publish("waiting", images("waiting", 1, 0.5, 1));
    await("waiting", RunStarted.class);

    cancel("waiting");

    assertThat(await("waiting", RunCancelled.class).step()).isZero();
  }

  @Test
  void aRunThatHadBatchesAndGetsNoMoreFailsAndSaysSo() {
    startTrainer(Map.of("millrace.trainer.give-up-seconds", "1"));
    augmenter.holdBack("forsaken", 9);

    publish("forsaken", images("forsaken", 1, 0.5, 1));

    assertThat(await("forsaken", RunFailed.class).reason())
        .startsWith("no augmentation service has answered for 1 s");
  }

  @Test
  void anOldCancelDoesNotTouchARunThatIsAskedForAgainUnderItsId() {
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
  void aRunThatWasCancelledInTheQueueIsToldAndNeverClaimed() {
    send(
        "unclaimed", images("unclaimed", 1, 0.5, 1), Map.of(Topics.REQUESTED_AT, Long.toString(1)));
    cancel("unclaimed");

    startTrainer(Map.of());

    assertThat(await("unclaimed", RunCancelled.class).step()).isNull();
    assertThat(of("unclaimed", RunStarted.class)).isEmpty();
    assertThat(folder.resolve("models/unclaimed")).doesNotExist();
  }

  @Test
  void aQueuedExtensionThatIsCancelledLeavesTheModel() {
    startTrainer(Map.of());
    publish("long-enough", images("long-enough", 1, 0.5, 7));
    RunCompleted completed = await("long-enough", RunCompleted.class);
    augmenter.holdBack("in-the-way", 2);
    publish("in-the-way", images("in-the-way", 1, 0.5, 1));
    await("in-the-way", RunStarted.class);
    publish(
        "long-enough", images("long-enough", 3, 0.5, 7).replaceFirst("\\{", "{\"extend\":true,"));

    cancel("long-enough");
    augmenter.letGo();

    assertThat(await("long-enough", RunCancelled.class).step()).isEqualTo(13);
    assertThat(folder.resolve("models").resolve(completed.model())).exists();
    assertThat(folder.resolve("models/long-enough/claim-3.json")).doesNotExist();
  }

  @Test
  void theFilesOfADeletedRunGoThoughTheTrainerIsBusyAndThoseOfARunningOneStay() {
    startTrainer(Map.of());
    publish("unwanted", images("unwanted", 1, 0.5, 1));
    await("unwanted", RunCompleted.class);
    augmenter.holdBack("at-work", 9);
    publish("at-work", images("at-work", 1, 0.5, 1));
    eventually().untilAsserted(() -> assertThat(losses("at-work")).isNotEmpty());

    delete("at-work");
    delete("unwanted");

    eventually().untilAsserted(() -> assertThat(folder.resolve("models/unwanted")).doesNotExist());
    augmenter.letGo();
    RunCompleted completed = await("at-work", RunCompleted.class);
    assertThat(folder.resolve("models").resolve(completed.model())).exists();
  }

  @Test
  void aTrainerThatWasAwayDeletesAtItsStartAndSparesARunThatWasAskedForAgain() {
    Trainer first = startTrainer(Map.of());
    publish("gone", images("gone", 1, 0.5, 1));
    publish("renewed", images("renewed", 1, 0.5, 1));
    await("gone", RunCompleted.class);
    await("renewed", RunCompleted.class);
    delete("renewed");
    eventually().untilAsserted(() -> assertThat(folder.resolve("models/renewed")).doesNotExist());
    publish("renewed", images("renewed", 2, 0.5, 1));
    eventually().untilAsserted(() -> assertThat(of("renewed", RunCompleted.class)).hasSize(2));
    first.close();

    delete("gone");
    startTrainer(Map.of());

    eventually().untilAsserted(() -> assertThat(folder.resolve("models/gone")).doesNotExist());
    assertThat(folder.resolve("models").resolve(of("renewed", RunCompleted.class).get(1).model()))
        .exists();
  }

  @Test
  void aRunThatTrainsLongerThanItMayFails() {
    Trainer first = startTrainer(Map.of());
    augmenter.holdBack("endless", 9);
    publish("endless", images("endless", 1, 0.5, 1));
    eventually().untilAsserted(() -> assertThat(losses("endless")).isNotEmpty());
    first.close();
    startTrainer(Map.of(), Clock.offset(Clock.systemUTC(), Duration.ofHours(169)));

    assertThat(await("endless", RunFailed.class).reason())
        .startsWith("has trained for 168 hours, the limit of this trainer");
  }

  @Test
  void aRunWhoseDataHaveChangedSinceItBeganFailsInsteadOfBeingSplitAnew() {
    augmenter.fingerprint("before");
    Trainer first = startTrainer(Map.of());
    augmenter.holdBack("shifted", 9);
    publish("shifted", images("shifted", 1, 0.5, 1));
    eventually().untilAsserted(() -> assertThat(losses("shifted")).isNotEmpty());
    first.close();
    augmenter.letGo();
    augmenter.fingerprint("after");

    startTrainer(Map.of());

    assertThat(await("shifted", RunFailed.class).reason())
        .isEqualTo(
            "dataset.name: the data have changed since the run began; the fingerprint of"
                + " 'stripes' was before and is after; submit a new run for the new data");
    assertThat(of("shifted", RunStarted.class))
        .extracting(RunStarted::datasetFingerprint)
        .containsExactly("before");
  }

  @Test
  void anExtensionOnOtherDataFailsAndOneOnTheSameNamesThemInItsTasks() {
    augmenter.fingerprint("one");
    startTrainer(Map.of());
    publish("steady", images("steady", 1, 0.5, 7));
    await("steady", RunCompleted.class);
    String more = images("steady", 2, 0.5, 7).replaceFirst("\\{", "{\"extend\":true,");
    augmenter.fingerprint("two");

    publish("steady", more);

    assertThat(await("steady", RunFailed.class).reason())
        .contains("the data have changed")
        .endsWith(
            "the model from before the extension is unchanged, and the run can be extended again");
    augmenter.fingerprint("one");
    publish("steady", more);
    eventually().untilAsserted(() -> assertThat(of("steady", RunCompleted.class)).hasSize(2));
    assertThat(augmenter.asked("steady")).containsExactly("one");
  }

  @Test
  void anAnswerToAnotherRunOfTheIdIsNotBelieved() {
    startTrainer(Map.of());
    augmenter.answerLate("reused");

    publish("reused", images("reused", 1, 0.5, 1));

    await("reused", RunCompleted.class);
    assertThat(of("reused", RunStarted.class).get(0).samples()).containsEntry("train", 100);
  }

  @Test
  void aRunWhoseStoreIsPutBackUnderItGoesOnUnderHigherClaims() throws Exception {
    startTrainer(Map.of());
    augmenter.holdBack("restored", 9);
    publish("restored", images("restored", 1, 0.5, 7));
    eventually().untilAsserted(() -> assertThat(losses("restored")).isNotEmpty());

    // As if the backup were older than the run.
    Files.delete(folder.resolve("models/restored/claim-1.json"));
    augmenter.letGo();

    RunCompleted completed = await("restored", RunCompleted.class);
    assertThat(completed.model()).isEqualTo("restored/v2/model.zip");
    assertThat(header(queued("restored", TrainerTest::isPutBack), Topics.CLAIM_FLOOR))
        .isEqualTo("1");
  }

  @Test
  void claimsOfAStoreThatWasRestoredBeginAboveItsFloor() throws Exception {
    Path floor = folder.resolve("models/claim-floor");
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
  void aTrainerWhoseStoreRefusesItLeavesTheQueueAndGoesOnOnceItIsMended() throws Exception {
    Path models = folder.resolve("shaky");
    Path aside = folder.resolve("aside");
    Trainer trainer =
        startTrainer(
            Map.of(
                "millrace.trainer.models",
                models.toString(),
                "millrace.trainer.refused-seconds",
                "1"));
    augmenter.holdBack("shaken", 9);
    publish("shaken", images("shaken", 2, 0.5, 7));
    eventually().untilAsserted(() -> assertThat(losses("shaken")).isNotEmpty());

    Files.move(models, aside);
    Files.writeString(models, "no folder");
    augmenter.letGo();

    eventually().until(() -> trainer.trouble().contains("cannot be written and linked"));
    assertThat(trainer.isReady()).isFalse();
    Files.delete(models);
    Files.move(aside, models);
    await("shaken", RunCompleted.class);
    assertThat(losses("shaken")).hasSize(26);
    assertThat(of("shaken", RunFailed.class)).isEmpty();
    eventually().until(trainer::isReady);
  }

  @Test
  void aRunThatHangsGoesToAnotherTrainerAndItsOwnIsNotAlive() {
    Trainer first = startTrainer(Map.of("millrace.trainer.no-progress-seconds", "3"));
    CountDownLatch stuck = Networks.stuckAt(20);
    publish("hanging", images("hanging", 2, 0.5, 7));
    eventually().until(() -> stuck.getCount() == 1);
    assertThat(first.isAlive()).isTrue();

    eventually().until(() -> !first.isAlive());
    startTrainer(Map.of());

    await("hanging", RunCompleted.class);
    stuck.countDown();
    assertThat(losses("hanging")).hasSize(26);
  }

  private static boolean isPutBack(ConsumerRecord<byte[], byte[]> record) {
    return record.headers().lastHeader(Topics.SUCCESSOR_OF) != null;
  }

  @Test
  void twoTrainersShareSeveralRunsAndEachTrainsOnce() {
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

  private Trainer startTrainer(Map<String, String> settings) {
    return startTrainer(settings, Clock.systemUTC());
  }

  private Trainer startTrainer(Map<String, String> settings, Clock clock) {
    var all = new HashMap<String, String>();
    all.put("millrace.trainer.models", folder.resolve("models").toString());
    all.put("millrace.trainer.window-batches", Integer.toString(WINDOW));
    all.put("millrace.trainer.task-batches", "2");
    all.putAll(settings);
    TrainerSettings mapped =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(TrainerSettings.class)
            .withDefaultValues(all)
            .build()
            .getConfigMapping(TrainerSettings.class);
    var trainer =
        new Trainer(
            mapped,
            kafka,
            new Networks(),
            SoftmaxRegression::plan,
            new SimpleMeterRegistry(),
            OpenTelemetry.noop().getTracer("test"),
            clock);
    trainers.add(trainer.start());
    return trainer;
  }

  private static final class Networks implements NetworkFactory {
    private static volatile long stuckAt = -1;
    private static volatile CountDownLatch stuck;
    private static volatile long outOfMemoryAt = -1;

    /**
     * Has the next network hang at a step.
     *
     * @return a latch of two: the step is reached, and let go
     */
    static CountDownLatch stuckAt(long step) {
      stuck = new CountDownLatch(2);
      stuckAt = step;
      return stuck;
    }

    /** Has networks fail at a step for want of native memory. */
    static void outOfMemoryAt(long step) {
      outOfMemoryAt = step;
    }

    @Override
    public String device() {
      return "CPU, for it is a test";
    }

    @Override
    public TrainingMemory estimate(NetworkPlan plan, TrainingRequest request) {
      return new TrainingMemory(0, 0);
    }

    @Override
    public Network create(NetworkPlan plan, TrainingRequest request) {
      return new SoftmaxRegression(plan, request) {
        /** As native code does, which no interrupt reaches. */
        private void hang() {
          CountDownLatch latch = stuck;
          while (latch.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
          }
        }

        @Override
        public Outputs step(Batch batch, long step, double rate) {
          if (step == stuckAt) {
            stuckAt = -1;
            stuck.countDown();
            hang();
          }
          if (step == outOfMemoryAt) {
            throw new IllegalStateException("native code: std::bad_alloc");
          }
          return super.step(batch, step, rate);
        }
      };
    }
  }

  private static String images(String run, int epochs, double rate, int seed) {
    return """
    {"run":"%s","seed":%d,"dataset":{"name":"stripes"},
     "model":{"layers":[{"type":"Dense","units":3,"activation":"softmax"}]},
     "loss":"categorical_crossentropy","optimizer":{"type":"SGD","learning_rate":%s},
     "metrics":["acc"],"epochs":%d,"batch_size":8}\
    """
        .formatted(run, seed, rate, epochs);
  }

  /** Takes falling losses for worse: after four epochs it is over, the first was the best. */
  private static String impatient(String run) {
    return images(run, 9, 0.5, 3)
        .replace("[\"acc\"]", "[\"acc\",\"auc\",\"f1\",\"r2\"]")
        .replace(
            "\"epochs\"",
            "\"callbacks\":[{\"type\":\"EarlyStopping\",\"mode\":\"max\",\"patience\":3,"
                + "\"restore_best_weights\":true},{\"type\":\"ReduceLROnPlateau\","
                + "\"mode\":\"max\",\"patience\":1,\"factor\":0.5}],\"epochs\"");
  }

  private static String series(String run) {
    return """
    {"run":"%s","dataset":{"name":"wave","column":"value","window":8,"horizon":1},
     "model":{"layers":[{"type":"Dense","units":1}]},
     "loss":"mse","optimizer":{"type":"SGD","learning_rate":0.1},
     "metrics":["mae"],"epochs":20,"batch_size":16}\
    """
        .formatted(run);
  }

  private static void publish(String key, String json) {
    send(key, json, Map.of());
  }

  /** Queues a run, as the desk does. */
  private static void send(String key, String json, Map<String, String> headers) {
    var record =
        new ProducerRecord<>(
            Topics.TRAINING_QUEUE,
            key.getBytes(StandardCharsets.UTF_8),
            json.getBytes(StandardCharsets.UTF_8));
    headers.forEach(
        (name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    producer.send(record);
    producer.flush();
  }

  private static void cancel(String run) {
    send(Topics.TRAINING_COMMANDS, run, Messages.write(new TrainingCommand.Cancel(null, run)));
  }

  private static void send(String topic, String key, byte[] value) {
    producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
    producer.flush();
  }

  private static void delete(String run) {
    send(Topics.TRAINING_COMMANDS, run, Messages.write(new TrainingCommand.Delete(null, run)));
  }

  /** The broker's time of the newest command. */
  private static long lastCommand() {
    try (var reader = kafka.reader()) {
      var topic = new TopicPartition(Topics.TRAINING_COMMANDS, 0);
      reader.assign(List.of(topic));
      reader.seek(topic, reader.endOffsets(List.of(topic)).get(topic) - 1);
      return reader.poll(Duration.ofSeconds(30)).iterator().next().timestamp();
    }
  }

  /** The first record of a run on the queue that is as wanted. */
  private static ConsumerRecord<byte[], byte[]> queued(
      String run, Predicate<ConsumerRecord<byte[], byte[]>> wanted) {
    try (var reader = kafka.reader()) {
      reader.assign(
          IntStream.range(0, 4)
              .mapToObj(p -> new TopicPartition(Topics.TRAINING_QUEUE, p))
              .toList());
      var seen = new ArrayList<ConsumerRecord<byte[], byte[]>>();
      return eventually()
          .until(
              () -> {
                reader.poll(Duration.ofMillis(100)).forEach(seen::add);
                return seen.stream()
                    .filter(record -> new String(record.key(), StandardCharsets.UTF_8).equals(run))
                    .filter(wanted)
                    .findFirst();
              },
              Optional::isPresent)
          .orElseThrow();
    }
  }

  private static ConditionFactory eventually() {
    return Awaitility.await().atMost(Duration.ofSeconds(90));
  }

  private static <E extends TrainingEvent> E await(String run, Class<E> type) {
    eventually().untilAsserted(() -> assertThat(of(run, type)).isNotEmpty());
    return of(run, type).get(0);
  }

  private static <E extends TrainingEvent> List<E> of(String run, Class<E> type) {
    events
        .poll(Duration.ofMillis(50))
        .forEach(record -> SEEN.add(Messages.read(record.value(), TrainingEvent.class)));
    return SEEN.stream()
        .filter(event -> event.run().equals(run))
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  private static Map<Long, Double> losses(String run) {
    var losses = new TreeMap<Long, Double>();
    for (StepsCompleted steps : of(run, StepsCompleted.class)) {
      for (int i = 0; i < steps.losses().size(); i++) {
        losses.put(steps.firstStep() + i, steps.losses().get(i));
      }
    }
    return losses;
  }

  private static List<Map<String, Double>> metrics(String run) {
    return of(run, EpochCompleted.class).stream().map(EpochCompleted::metrics).toList();
  }

  private static ConsumerRecord<byte[], byte[]> letter(String run) {
    return eventually()
        .until(
            () -> {
              letters.poll(Duration.ofMillis(50)).forEach(DEAD::add);
              return DEAD.stream().filter(l -> header(l, Topics.DLQ_RUN).equals(run)).findAny();
            },
            Optional::isPresent)
        .orElseThrow();
  }

  private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
