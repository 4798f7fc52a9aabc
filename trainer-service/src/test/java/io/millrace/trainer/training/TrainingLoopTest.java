package io.millrace.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.contracts.event.SampleAnswers;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.event.TrainingEvent.EpochCompleted;
import io.millrace.contracts.event.TrainingEvent.StepsCompleted;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.Safetensors;
import io.millrace.trainer.SoftmaxRegression;
import io.millrace.trainer.SyntheticData;
import io.millrace.trainer.checkpoint.CheckpointStore.NetworkReader;
import io.millrace.trainer.checkpoint.CheckpointStore.NetworkWriter;
import io.millrace.trainer.events.Events;
import io.millrace.trainer.events.TrainerMetrics;
import io.millrace.trainer.feed.RunBatches;
import io.millrace.trainer.feed.TrainingPosition;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Network;
import io.opentelemetry.api.OpenTelemetry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the loop with a small network and batches that are available at once. An epoch has 13
 * steps.
 */
class TrainingLoopTest {
  @TempDir Path folder;

  private final List<TrainingEvent> published = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private final List<Progress> checkpoints = new ArrayList<>();
  private final Events events =
      new Events() {
        @Override
        public void publish(TrainingEvent event) {
          published.add(event);
          log.add(event.getClass().getSimpleName());
        }

        @Override
        public void confirm() {
          log.add("confirm");
        }

        @Override
        public Events under(int claim) {
          return this;
        }
      };

  private static TrainingRequest request(int epochs, String rate, String more) {
    return Messages.readRequest(
        """
        {"run":"r","dataset":{"name":"stripes"},"epochs":%d,"batch_size":8,"metrics":["acc"],
         "model":{"layers":[{"type":"Dense","units":3,"activation":"softmax"}]},
         "optimizer":{"type":"SGD","learning_rate":%s}%s,"loss":"categorical_crossentropy"}"""
            .formatted(epochs, rate, more)
            .getBytes(StandardCharsets.UTF_8));
  }

  /** Synthetic batches in the order of the stream. */
  private static final class AtHand implements RunBatches {
    private final BatchSource source;
    private final List<TrainingPosition> trained = new ArrayList<>();
    private boolean ended;

    private AtHand(TrainingRequest request) {
      source = BatchSource.of(request);
    }

    private Batch batch(Part part, int epoch, int index) {
      var task = new BatchTask.Produce(null, source, part, epoch, index, 1, 0);
      Safetensors file = Safetensors.read(ByteBuffer.wrap(SyntheticData.batch(task, index)));
      return new Batch(
          part, epoch, index, file.tensor("features"), file.tensor("labels"), 1 / 255f, 0);
    }

    @Override
    public Batch train(TrainingPosition position, Runnable idle) {
      idle.run();
      trained.add(position);
      return batch(Part.TRAIN, position.epoch(), position.batch());
    }

    @Override
    public void evaluation(Part part, Consumer<Batch> visitor) {
      int count = SyntheticData.batches(source.dataset(), part, source.batchSize());
      for (int i = 0; i < count; i++) {
        visitor.accept(batch(part, 0, i));
      }
    }

    @Override
    public void endTraining() {
      ended = true;
    }

    @Override
    public double waitedSeconds() {
      return 0;
    }
  }

  /** The best weights as files in a folder. */
  private final class Kept implements BestWeights {
    @Override
    public void keep(String name, NetworkWriter network) throws IOException {
      Files.deleteIfExists(folder.resolve(name));
      network.save(folder.resolve(name));
    }

    @Override
    public boolean has(String name) {
      return Files.exists(folder.resolve(name));
    }

    @Override
    public void restore(String name, NetworkReader network) throws IOException {
      network.restore(folder.resolve(name));
    }

    @Override
    public void clear() {
      log.add("cleared");
    }
  }

  private TrainingLoop loop(
      TrainingRequest request, Network network, RunBatches batches, Progress from, Runnable check) {
    return loop(request, network, batches, from, check, Duration.ofHours(1));
  }

  private TrainingLoop loop(
      TrainingRequest request,
      Network network,
      RunBatches batches,
      Progress from,
      Runnable check,
      Duration checkpointEvery) {
    var around =
        new TrainingLoop.Surroundings(
            events,
            new TrainerMetrics(new SimpleMeterRegistry()),
            OpenTelemetry.noop().getTracer("test"),
            Clock.systemUTC(),
            progress -> {
              log.add("checkpoint");
              checkpoints.add(progress);
            },
            checkpointEvery,
            check,
            new Kept());
    return new TrainingLoop(request, data(request), network, batches, around, from);
  }

  private static DatasetDescription data(TrainingRequest request) {
    return SyntheticData.describe(request.dataset());
  }

  private static Network network(TrainingRequest request) {
    return new SoftmaxRegression(SoftmaxRegression.plan(request, data(request)), request);
  }

  private Map<Long, Double> losses() {
    var losses = new TreeMap<Long, Double>();
    for (TrainingEvent event : published) {
      if (event instanceof StepsCompleted steps) {
        for (int i = 0; i < steps.losses().size(); i++) {
          losses.put(steps.firstStep() + i, steps.losses().get(i));
        }
      }
    }
    return losses;
  }

  private List<Map<String, Double>> metrics() {
    return published.stream()
        .filter(EpochCompleted.class::isInstance)
        .map(event -> ((EpochCompleted) event).metrics())
        .toList();
  }

  private static final class Left extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void everyEpochIsTrainedInOrderValidatedPublishedAndCheckpointed() throws Exception {
    TrainingRequest request = request(3, "0.5", "");
    var batches = new AtHand(request);
    TrainingLoop loop = loop(request, network(request), batches, Progress.START, () -> {});

    loop.train();

    assertThat(batches.trained)
        .hasSize(39)
        .startsWith(new TrainingPosition(0, 0), new TrainingPosition(0, 1));
    assertThat(batches.trained.get(13)).isEqualTo(new TrainingPosition(1, 0));
    assertThat(losses()).hasSize(39);
    assertThat(metrics())
        .hasSize(3)
        .allSatisfy(
            epoch ->
                assertThat(epoch)
                    .containsOnlyKeys("loss", "acc", "val_loss", "val_acc", "learning_rate"));
    assertThat(checkpoints).extracting(Progress::step).containsExactly(13L, 26L, 39L);
    assertThat(checkpoints).extracting(Progress::position).endsWith(new TrainingPosition(3, 0));
    assertThat(batches.ended).isFalse();
    assertThat(loop.stoppedEarly()).isEmpty();
  }

  @Test
  void theStoredPredictionsMatchTheConfusionMatrixAndTheOutputs() throws Exception {
    TrainingRequest request = request(1, "0.01", "");
    var batches = new AtHand(request);
    Network network = network(request);
    TrainingLoop loop = loop(request, network, batches, Progress.START, () -> {});
    loop.train();

    TrainingEvent.RunEvaluated evaluated = loop.test();

    SampleAnswers answers = SampleAnswers.parse("answers", evaluated.answers());
    assertThat(answers.samples()).isEqualTo(evaluated.samples()).isEqualTo(40);
    var confusion = new ArrayList<List<Integer>>();
    for (int of = 0; of < 3; of++) {
      var row = new ArrayList<Integer>(List.of(0, 0, 0));
      for (int i = 0; i < 40; i++) {
        if (answers.classOf(i) == of) {
          row.set(answers.answerOf(i), row.get(answers.answerOf(i)) + 1);
        }
      }
      confusion.add(row);
    }
    assertThat(confusion).isEqualTo(evaluated.confusion().matrix());
    long right = IntStream.range(0, 40).filter(answers::isRight).count();
    assertThat(evaluated.metrics().get("acc")).isEqualTo(right / 40.0).isLessThan(1);
    var sample = new AtomicInteger();
    batches.evaluation(
        Part.TEST,
        batch -> {
          float[] outputs = network.evaluate(batch).values();
          IntBuffer labels = batch.labels().data().asIntBuffer();
          for (int i = 0; i < batch.size(); i++) {
            int at = sample.getAndIncrement();
            float most = Math.max(outputs[3 * i], Math.max(outputs[3 * i + 1], outputs[3 * i + 2]));
            assertThat(answers.classOf(at)).isEqualTo(labels.get(i));
            assertThat(outputs[3 * i + answers.answerOf(at)]).isEqualTo(most);
            assertThat(answers.confidenceOf(at).orElseThrow()).isCloseTo(most, within(0.5 / 255));
          }
        });
    assertThat(sample).hasValue(40);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 12, 13, 14, 20, 39})
  void aResumedLoopGivesTheSameLossesAndMetrics(int left) throws Exception {
    TrainingRequest request = request(3, "0.5", "");
    loop(request, network(request), new AtHand(request), Progress.START, () -> {}).train();
    Map<Long, Double> straight = losses();
    List<Map<String, Double>> metrics = metrics();
    published.clear();
    Network first = network(request);
    TrainingLoop[] loop = new TrainingLoop[1];
    loop[0] =
        loop(
            request,
            first,
            new AtHand(request),
            Progress.START,
            () -> {
              if (loop[0].progress().step() == left) {
                throw new Left();
              }
            });

    assertThatThrownBy(loop[0]::train).isInstanceOf(Left.class);
    loop[0].checkpoint();
    Path saved = folder.resolve("network");
    first.save(saved);
    Progress progress = checkpoints.get(checkpoints.size() - 1);
    Network second = network(request);
    second.restore(saved);
    // A checkpoint stores the progress as JSON.
    Progress read = Messages.read(Messages.write(progress), Progress.class);
    loop(request, second, new AtHand(request), read, () -> {}).train();

    assertThat(losses()).isEqualTo(straight);
    assertThat(metrics()).isEqualTo(metrics);
  }

  @Test
  void lossesAreConfirmedBeforeTheNextCheckpoint() throws Exception {
    TrainingRequest request = request(1, "0.5", "");

    loop(request, network(request), new AtHand(request), Progress.START, () -> {}, Duration.ZERO)
        .train();

    assertThat(log).filteredOn("checkpoint"::equals).hasSize(14);
    for (int i = 0; i < log.size(); i++) {
      if (log.get(i).equals("checkpoint")) {
        assertThat(log.get(i - 1)).isEqualTo("confirm");
      }
    }
    assertThat(log).containsSubsequence("StepsCompleted", "confirm", "checkpoint");
  }

  @Test
  void noCheckpointIsWrittenIfNothingHappenedSinceTheLastOne() throws Exception {
    TrainingRequest request = request(1, "0.5", "");
    TrainingLoop loop =
        loop(request, network(request), new AtHand(request), Progress.START, () -> {});
    loop.checkpoint();
    assertThat(checkpoints).isEmpty();

    loop.train();
    loop.checkpoint();

    assertThat(checkpoints).hasSize(1);
  }

  @Test
  void theLoopChecksBeforeEveryBatchWhetherToContinue() throws Exception {
    TrainingRequest request = request(2, "0.5", "");
    int[] asked = {0};
    TrainingLoop loop =
        loop(request, network(request), new AtHand(request), Progress.START, () -> asked[0]++);

    loop.train();
    assertThat(asked[0]).isEqualTo(2 * (13 + 5));
    loop.test();

    assertThat(asked[0]).isEqualTo(2 * (13 + 5) + 5);
  }

  private static final String RANGE =
      "{\"type\": \"RangeTest\", \"initial_learning_rate\": 0.001, \"end_learning_rate\": 1000,"
          + " \"total_steps\": 30}";

  /** A network that trains, but reports the given losses. */
  private static Network losing(TrainingRequest request, LongToDoubleFunction losses) {
    return new SoftmaxRegression(SoftmaxRegression.plan(request, data(request)), request) {
      @Override
      public Outputs step(Batch batch, long step, double rate) {
        return new Outputs(losses.applyAsDouble(step), super.step(batch, step, rate).values());
      }
    };
  }

  @Test
  void aRangeTestEndsTheRunAfterItsSteps() throws Exception {
    TrainingRequest request = request(9, RANGE, "");
    var batches = new AtHand(request);
    TrainingLoop loop =
        loop(request, losing(request, step -> 1), batches, Progress.START, () -> {});

    loop.train();

    assertThat(losses()).hasSize(30);
    assertThat(metrics()).as("13, 13 and 4 steps").hasSize(3);
    assertThat(metrics().get(1)).containsKey("val_loss");
    assertThat(metrics().get(2))
        .as("an incomplete epoch is not validated")
        .containsOnlyKeys("loss", "acc", "learning_rate");
    assertThat(metrics().get(2).get("learning_rate")).isCloseTo(1000, within(1e-9));
    assertThat(batches.ended).isTrue();
    assertThat(loop.stoppedEarly()).contains(true);
    assertThat(checkpoints.get(checkpoints.size() - 1).position())
        .isEqualTo(new TrainingPosition(3, 0));
  }

  @Test
  void aSteadyNegativeLossDoesNotCountAsExploded() {
    RangeWatch watch = null;
    for (double loss : new double[] {-1, -1.1, -0.9, -1}) {
      watch = RangeWatch.after(watch, loss);
      assertThat(watch.exploded()).isFalse();
    }
    assertThat(RangeWatch.after(watch, 500).exploded()).isTrue();
  }

  /** The past has weight 0.98: after ten losses of 1, a loss of 500 raises the average to 51. */
  @ParameterizedTest
  @ValueSource(doubles = {500, Double.NaN})
  void aRangeTestEndsTheRunWhenTheLossExplodes(double last) throws Exception {
    TrainingRequest request = request(9, RANGE, "");
    TrainingLoop loop =
        loop(
            request,
            losing(request, step -> step < 10 ? 1 : last),
            new AtHand(request),
            Progress.START,
            () -> {});

    loop.train();

    assertThat(losses()).hasSize(11);
    assertThat(loop.stoppedEarly()).contains(true);
    Progress kept = checkpoints.get(checkpoints.size() - 1);
    assertThat(Messages.read(Messages.write(kept), Progress.class)).isEqualTo(kept);
    assertThat(kept.epochs(9)).as("a run that resumes here does not train").isEqualTo(1);
  }

  @Test
  void aLossThatIsNotFiniteIsPublishedAndFailsTheRunWithItsStep() {
    TrainingRequest request = request(2, "0.5", "");
    var network =
        new SoftmaxRegression(SoftmaxRegression.plan(request, data(request)), request) {
          @Override
          public Outputs step(Batch batch, long step, double rate) {
            Outputs outputs = super.step(batch, step, rate);
            return step == 4 ? new Outputs(Double.NaN, outputs.values()) : outputs;
          }
        };
    TrainingLoop loop = loop(request, network, new AtHand(request), Progress.START, () -> {});

    assertThatThrownBy(loop::train)
        .isInstanceOf(RunFailure.class)
        .hasMessage("diverged: the loss is not finite at step 4; try a smaller learning rate");
    assertThat(losses()).hasSize(5).containsEntry(4L, null);
  }

  @Test
  void weightsThatAreNotFiniteFailTheRunAtTheEndOfTheEpoch() {
    TrainingRequest request = request(2, "0.5", "");
    var network =
        new SoftmaxRegression(SoftmaxRegression.plan(request, data(request)), request) {
          @Override
          public boolean isFinite() {
            return false;
          }
        };
    TrainingLoop loop = loop(request, network, new AtHand(request), Progress.START, () -> {});

    assertThatThrownBy(loop::train)
        .isInstanceOf(RunFailure.class)
        .hasMessage(
            "diverged: the weights are not finite after step 12; try a smaller learning rate");
    assertThat(metrics()).isEmpty();
  }

  @Test
  void aRunStoppedByACallbackRequestsNoMoreBatchesAndUsesItsBestWeights() throws Exception {
    TrainingRequest request =
        request(
            9,
            "0.5",
            ",\"callbacks\":[{\"type\":\"EarlyStopping\",\"mode\":\"max\",\"patience\":2,"
                + "\"restore_best_weights\":true}]");
    var batches = new AtHand(request);
    TrainingLoop loop = loop(request, network(request), batches, Progress.START, () -> {});

    loop.train();

    assertThat(loop.stoppedEarly()).contains(true);
    assertThat(loop.bestEpoch()).contains(0);
    assertThat(batches.ended).isTrue();
    assertThat(batches.trained).hasSize(3 * 13);
    // The test part is also the validation part, so its loss is the first epoch's validation loss.
    assertThat(loop.test().metrics().get("loss")).isEqualTo(metrics().get(0).get("val_loss"));
  }

  @Test
  void aStoppedRunDoesNotTrainAgainWhenItResumes() throws Exception {
    String callbacks =
        ",\"callbacks\":[{\"type\":\"EarlyStopping\",\"mode\":\"max\",\"patience\":2}]";
    TrainingRequest request = request(9, "0.5", callbacks);
    loop(request, network(request), new AtHand(request), Progress.START, () -> {}).train();
    Progress stopped = checkpoints.get(checkpoints.size() - 1);
    var batches = new AtHand(request);

    loop(request, network(request), batches, stopped, () -> {}).train();

    assertThat(batches.trained).isEmpty();
    assertThat(batches.ended).isTrue();
  }
}
