package io.millrace.trainer.training;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.network.Units;
import io.millrace.contracts.request.LearningRateSchedule;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.trainer.events.Events;
import io.millrace.trainer.events.TrainerMetrics;
import io.millrace.trainer.feed.RunBatches;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Labels;
import io.millrace.trainer.network.Network;
import io.millrace.trainer.network.Network.Outputs;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Trains epochs of steps, validates each epoch, and tests at the end. The loop can stop between any
 * two batches and resume from its {@link Progress} with the same numbers.
 */
public final class TrainingLoop {
  private static final Logger LOG = Logger.getLogger(TrainingLoop.class);

  /**
   * What a loop works with.
   *
   * @param checkpoints called at the end of every epoch and at intervals between steps
   * @param checkpointEvery the interval
   * @param check called before every batch; an exception ends the loop
   * @param best stores weights that callbacks may need at the end
   */
  public record Surroundings(
      Events events,
      TrainerMetrics metrics,
      Tracer tracer,
      Clock clock,
      Checkpoints checkpoints,
      Duration checkpointEvery,
      Runnable check,
      BestWeights best) {}

  /** Stores checkpoints of the network and its progress. */
  @FunctionalInterface
  public interface Checkpoints {
    /** Takes a checkpoint. */
    void take(Progress progress);
  }

  private final TrainingRequest request;
  private final DatasetDescription data;
  private final Units units;
  private final Network network;
  private final RunBatches batches;
  private final Surroundings around;
  private final LossReporter losses;
  private final Callbacks callbacks;
  private final int stepsPerEpoch;

  /** Null unless the learning rate is a range test's. */
  private final LearningRateSchedule.RangeTest rangeTest;

  private volatile Progress progress;
  private long lap;
  private double waited;
  private long lastCheckpoint;
  private Progress saved;

  /**
   * A loop that resumes from {@code progress}.
   *
   * @param batches must start at the progress' position
   */
  public TrainingLoop(
      TrainingRequest request,
      DatasetDescription data,
      Network network,
      RunBatches batches,
      Surroundings around,
      Progress progress) {
    this.request = request;
    this.data = data;
    this.units = Units.of(data);
    this.network = network;
    this.batches = batches;
    this.around = around;
    this.progress = progress;
    saved = progress;
    callbacks = new Callbacks(request);
    losses = new LossReporter(request.run(), around.events, around.clock);
    stepsPerEpoch = BatchSource.batches(data.train(), request.batchSize());
    rangeTest =
        request.optimizer().learningRate().schedule() instanceof LearningRateSchedule.RangeTest test
            ? test
            : null;
  }

  /** The run's current progress. */
  public Progress progress() {
    return progress;
  }

  /**
   * Trains to the last epoch, or until a callback ends the run, and then loads the best epoch's
   * weights into the network if a callback says so.
   *
   * @throws RunFailure if the loss or the weights are not finite
   * @throws IOException if the best weights cannot be stored or read
   */
  public void train() throws IOException {
    lap = System.nanoTime();
    lastCheckpoint = lap;
    waited = batches.waitedSeconds();
    while (progress.epoch() < progress.epochs(request.epochs())) {
      epoch();
    }
    if (progress.epoch() < request.epochs() || rangeTestIsOver()) {
      batches.endTraining();
    }
    Optional<String> last = callbacks.last(progress.callbacks());
    if (last.isPresent()) {
      around.best.restore(last.get(), network::restore);
    }
  }

  /**
   * Whether a callback or a range test ended the run before its last epoch; empty if the run has
   * neither.
   */
  public Optional<Boolean> stoppedEarly() {
    if (rangeTest != null) {
      return Optional.of(progress.callbacks().stopped());
    }
    return callbacks.mayStop()
        ? Optional.of(progress.epoch() < request.epochs())
        : Optional.empty();
  }

  /** The best epoch by the deciding callback, see {@link Callbacks#bestEpoch}. */
  public Optional<Integer> bestEpoch() {
    return callbacks.bestEpoch(progress.callbacks());
  }

  /** Evaluates the test part. */
  public TrainingEvent.RunEvaluated test() {
    TestScore score = TestScore.of(request, data);
    batches.evaluation(
        Part.TEST,
        batch -> {
          around.check.run();
          score.add(batch, network.evaluate(batch));
        });
    return score.event(around.clock.instant());
  }

  /**
   * Publishes the remaining losses, then takes a checkpoint, so that a run that resumes from it has
   * lost none of them.
   */
  public void checkpoint() {
    if (progress.position().equals(saved.position())) {
      return;
    }
    losses.flush();
    around.events.confirm();
    around.checkpoints.take(progress);
    saved = progress;
    lastCheckpoint = System.nanoTime();
  }

  private double rate(long step) {
    Double reduced = progress.callbacks().rate();
    return reduced == null ? network.rate(step) : reduced;
  }

  private void epoch() throws IOException {
    Span span =
        around
            .tracer
            .spanBuilder("epoch")
            .setAttribute("millrace.epoch", progress.epoch())
            .startSpan();
    try {
      while (progress.batch() < stepsPerEpoch && !rangeTestIsOver()) {
        step();
      }
      losses.flush();
      finishEpoch();
    } finally {
      span.end();
    }
  }

  private void step() {
    around.check.run();
    Batch batch = batches.train(progress.position(), losses::flushIfOld);
    long start = System.nanoTime();
    Outputs outputs = network.step(batch, progress.step(), rate(progress.step()));
    around.metrics.step(batch.size(), System.nanoTime() - start);
    losses.add(progress.epoch(), progress.step(), outputs.loss());
    if (rangeTest != null) {
      progress = progress.watched(RangeWatch.after(progress.range(), outputs.loss()));
    } else if (!Double.isFinite(outputs.loss())) {
      losses.flush();
      throw new RunFailure(
          "diverged: the loss is not finite at step "
              + progress.step()
              + "; try a smaller learning rate");
    }
    Labels labels = Labels.of(batch, request.dataset());
    progress = progress.stepped(progress.sums().plus(outputs, labels, request.metrics(), units));
    lapped(true);
    if (System.nanoTime() - lastCheckpoint >= around.checkpointEvery.toNanos()) {
      checkpoint();
      lapped(false);
    }
  }

  private boolean rangeTestIsOver() {
    return rangeTest != null
        && (progress.step() >= rangeTest.totalSteps()
            || progress.range() != null && progress.range().exploded());
  }

  private void finishEpoch() throws IOException {
    boolean over = rangeTestIsOver();
    if (!over && !network.isFinite()) {
      throw new RunFailure(
          "diverged: the weights are not finite after step "
              + (progress.step() - 1)
              + "; try a smaller learning rate");
    }
    double rate = rate(progress.step() - 1);
    Map<String, Double> metrics = new LinkedHashMap<>(progress.sums().means("", request.metrics()));
    if (!over) {
      metrics.putAll(validate().means("val_", request.metrics()));
    }
    metrics.put("learning_rate", rate);
    lapped(false);
    around.events.publish(
        new TrainingEvent.EpochCompleted(
            null,
            request.run(),
            around.clock.instant(),
            progress.epoch(),
            progress.step(),
            metrics,
            progress.seconds(),
            progress.sums().samples() / progress.trainSeconds(),
            progress.waitSeconds()));
    LOG.infof(
        "Epoch %d of %d: %s, %.1f s, waited %.2f s for data",
        progress.epoch() + 1,
        request.epochs(),
        metrics,
        progress.seconds(),
        progress.waitSeconds());
    Callbacks.Outcome outcome =
        callbacks.after(progress.epoch(), metrics, progress.callbacks(), rate);
    for (String name : outcome.keep()) {
      around.best.keep(name, network::save);
    }
    progress = progress.nextEpoch(over ? outcome.state().ended() : outcome.state());
    checkpoint();
    lap = System.nanoTime();
  }

  private MetricSums validate() {
    MetricSums[] sums = {MetricSums.ZERO};
    batches.evaluation(
        data.validationPart(),
        batch -> {
          around.check.run();
          Labels labels = Labels.of(batch, request.dataset());
          sums[0] = sums[0].plus(network.evaluate(batch), labels, request.metrics(), units);
        });
    return sums[0];
  }

  /** Adds the time since the last lap to the epoch's time. */
  private void lapped(boolean training) {
    long now = System.nanoTime();
    double seconds = (now - lap) / 1e9;
    double total = batches.waitedSeconds();
    progress = progress.lasted(training ? seconds : 0, seconds, total - waited);
    lap = now;
    waited = total;
  }
}
