package io.millrace.trainer.training;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.DataNotes;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.trainer.checkpoint.CheckpointStore;
import io.millrace.trainer.events.Events;
import io.millrace.trainer.events.TrainerMetrics;
import io.millrace.trainer.events.Trouble;
import io.millrace.trainer.feed.BatchFeed;
import io.millrace.trainer.feed.FeedException;
import io.millrace.trainer.network.Network;
import io.millrace.trainer.network.NetworkFactory;
import io.millrace.trainer.onnx.OnnxFile;
import io.millrace.trainer.store.Claim;
import io.millrace.trainer.store.Digests;
import io.millrace.trainer.store.ModelVersionStore;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * A claimed run, from its data's description to its stored model. Exceptions end it early: {@link
 * RunStopped}, {@link RequestRefused}, {@link RunFailure}, {@link FeedException}.
 */
public final class TrainingRun {
  private static final Logger LOG = Logger.getLogger(TrainingRun.class);

  /**
   * What runs work with.
   *
   * @param trainer this trainer's id
   * @param checkpointEvery the interval between checkpoints within an epoch
   */
  public record Workshop(
      String trainer,
      NetworkFactory networks,
      Planner planner,
      Events events,
      TrainerMetrics metrics,
      Trouble trouble,
      Tracer tracer,
      RunFiles files,
      Duration checkpointEvery,
      Clock clock) {}

  private final Workshop workshop;
  private final Claim claim;
  private final TrainingRequest request;
  private final RunSignals signals;
  private final Events events;
  private final CheckpointStore<Progress> checkpoints;
  private final StoreQueue storing;
  private final BestWeights best;
  private TrainingLoop loop;
  private Optional<byte[]> preprocessing = Optional.empty();

  /** A run of the claim's request. */
  public TrainingRun(Workshop workshop, Claim claim, RunSignals signals) {
    this.workshop = workshop;
    this.claim = claim;
    this.signals = signals;
    request = claim.request();
    events = workshop.events.under(claim.version());
    checkpoints = workshop.files.checkpointsOf(claim);
    storing = new StoreQueue(claim.run());
    best = workshop.files.bestWeightsOf(claim, this::ensureOurs, storing);
  }

  /** Steps made, or the newest checkpoint's step; null before the first one. */
  public Long step() {
    if (loop != null) {
      return loop.progress().step();
    }
    try {
      long step = checkpoints.newestStep();
      return step == 0 ? null : step;
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Trains, and stores the model and the evaluation.
   *
   * @param feed the run's batches
   * @return the run's last event; neither it nor the evaluation is published yet
   */
  public TrainingEvent.RunCompleted run(BatchFeed feed) throws IOException {
    DatasetDescription data = describe(feed);
    refuseOtherData(data);
    preprocessing = feed.preprocessing();
    NetworkPlan plan = plan(data);
    // Closed in this order: the queue, then the network.
    try (Network network = network(plan);
        StoreQueue queue = storing) {
      Optional<Progress> restored = restore(network);
      if (restored.isEmpty() && request.initialWeights() != null) {
        start(network, plan);
      }
      Progress progress = restored.orElse(Progress.START);
      TrainingEvent.RunStarted started = started(data, plan, progress);
      ensureOurs();
      workshop.files.store().write(claim, ModelVersionStore.STARTED, started);
      events.publish(started);
      LOG.infof(
          "%s: %d parameters, %d training samples, %s, on %s",
          restored.isPresent() ? "Resumes at step " + progress.step() : "Starts",
          plan.parameters(),
          data.train(),
          Check.count(request.epochs(), "epoch"),
          workshop.networks.device());
      ModelNotes.of(request, plan, data).forEach(LOG::info);
      feed.begin(data, progress.epochs(request.epochs()), progress.position());
      var around =
          new TrainingLoop.Surroundings(
              events,
              workshop.metrics,
              workshop.tracer,
              workshop.clock,
              now -> checkpoint(network, now),
              workshop.checkpointEvery,
              () -> {
                signals.check();
                queue.checkOurs();
              },
              best);
      loop = new TrainingLoop(request, data, network, feed, around, progress);
      return train(network, plan, data);
    }
  }

  private void start(Network network, NetworkPlan plan) throws IOException {
    try {
      new StartingWeights(workshop.files.store(), request.initialWeights()).give(network, plan);
    } catch (InvalidMessageException e) {
      throw new RequestRefused(e.field(), e.getMessage());
    }
  }

  /**
   * Restores the newest checkpoint whose callbacks' weights exist; otherwise the run starts from
   * the beginning.
   */
  private Optional<Progress> restore(Network network) throws IOException {
    var callbacks = new Callbacks(request);
    Optional<Progress> progress =
        checkpoints.restore(state -> hasAll(callbacks.kept(state.callbacks())), network::restore);
    if (progress.isEmpty()) {
      best.clear();
    }
    return progress;
  }

  private boolean hasAll(Iterable<String> weights) throws IOException {
    for (String name : weights) {
      if (!best.has(name)) {
        LOG.warnf("The best weights %s are missing or damaged", name);
        return false;
      }
    }
    return true;
  }

  private TrainingEvent.RunCompleted train(
      Network network, NetworkPlan plan, DatasetDescription data) throws IOException {
    try {
      loop.train();
      TrainingEvent.RunEvaluated evaluated = test();
      storing.await();
      ensureOurs();
      workshop.files.store().write(claim, ModelVersionStore.EVALUATION, evaluated);
      storeForOthers(network, plan, data);
      return store(network);
    } catch (RunStopped e) {
      if (e.reason() != RunStopped.Reason.LOST) {
        loop.checkpoint();
        storing.settle();
        storing.checkOurs();
      }
      throw e;
    }
  }

  private TrainingEvent.RunEvaluated test() {
    Span span = workshop.tracer.spanBuilder("test").startSpan();
    try {
      return loop.test();
    } finally {
      span.end();
    }
  }

  private DatasetDescription describe(BatchFeed feed) {
    try {
      return feed.describe();
    } catch (FeedException e) {
      if (e.field() == null) {
        throw e;
      }
      throw new RequestRefused(e.field(), e.getMessage());
    }
  }

  /**
   * Changed data would be split differently, so that samples held back for the test would be
   * trained on. A run that has begun, or that extends another one, fails instead. Without a
   * fingerprint on both sides there is no check.
   */
  private void refuseOtherData(DatasetDescription data) {
    Optional<String> before =
        workshop
            .files
            .store()
            .newest(claim.run(), ModelVersionStore.STARTED)
            .map(json -> Messages.read(json, TrainingEvent.class))
            .map(event -> ((TrainingEvent.RunStarted) event).datasetFingerprint());
    if (data.fingerprint() != null
        && before.isPresent()
        && !before.get().equals(data.fingerprint())) {
      throw new RunFailure(
          "dataset.name: the data have changed since the run began; the fingerprint of "
              + Check.quote(request.dataset().name())
              + " was "
              + Check.cut(before.get())
              + " and is "
              + Check.cut(data.fingerprint())
              + "; submit a new run for the new data");
    }
  }

  private NetworkPlan plan(DatasetDescription data) {
    try {
      return workshop.planner.plan(request, data);
    } catch (InvalidMessageException e) {
      throw new RequestRefused(e.field(), e.getMessage());
    }
  }

  private Network network(NetworkPlan plan) {
    try {
      return workshop.networks.create(plan, request);
    } catch (InvalidMessageException e) {
      throw new RequestRefused(e.field(), e.getMessage());
    }
  }

  private TrainingEvent.RunStarted started(
      DatasetDescription data, NetworkPlan plan, Progress progress) {
    Map<String, Integer> samples = new LinkedHashMap<>();
    for (Part part : Part.values()) {
      samples.put(part.json(), data.samples(part));
    }
    return new TrainingEvent.RunStarted(
        null,
        request.run(),
        workshop.clock.instant(),
        request,
        workshop.trainer,
        claim.delivery(),
        workshop.networks.device(),
        BatchSource.batches(data.train(), request.batchSize()),
        samples,
        data.validationPart().json(),
        plan.layers().stream().map(NetworkPlan.Layer::summary).toList(),
        plan.parameters(),
        progress.step(),
        data.fingerprint(),
        DataNotes.with(data.notes(), ModelNotes.of(request, plan, data)));
  }

  /** Takes a checkpoint. A failed one costs time after a crash, but does not fail the run. */
  private void checkpoint(Network network, Progress progress) {
    Span span =
        workshop
            .tracer
            .spanBuilder("checkpoint")
            .setAttribute("millrace.step", progress.step())
            .startSpan();
    long start = System.nanoTime();
    try {
      ensureOurs();
      CheckpointStore.Snapshot<Progress> taken =
          checkpoints.take(claim.version(), progress.step(), progress, network::save);
      storing.add(taken.file(), () -> store(taken, span, start));
    } catch (IOException | UncheckedIOException e) {
      notWritten(progress, e, span);
    } catch (RuntimeException | Error e) {
      span.end();
      throw e;
    }
  }

  /** Stores a checkpoint in the queue's thread, while the run continues. */
  private void store(CheckpointStore.Snapshot<Progress> taken, Span span, long start) {
    try {
      ensureOurs();
      long bytes = checkpoints.store(taken);
      workshop.metrics.checkpoint(System.nanoTime() - start, bytes);
      workshop.trouble.over(Trouble.Kind.STORE);
      span.end();
    } catch (CheckpointStore.OutdatedException e) {
      span.end();
      throw new RunStopped(RunStopped.Reason.LOST);
    } catch (IOException | UncheckedIOException e) {
      notWritten(taken.state(), e, span);
    }
  }

  private void notWritten(Progress progress, Exception e, Span span) {
    LOG.warnf("The checkpoint at step %d was not stored: %s", progress.step(), e.getMessage());
    workshop.trouble.report(
        Trouble.Kind.STORE, "the last checkpoint was not stored: " + e.getMessage());
    span.setStatus(StatusCode.ERROR, e.getMessage());
    span.end();
  }

  private void ensureOurs() {
    if (signals.isLost() || !workshop.files.store().isCurrent(claim)) {
      throw new RunStopped(RunStopped.Reason.LOST);
    }
  }

  private void storePreprocessing() throws IOException {
    if (preprocessing.isPresent()) {
      workshop.files.store().write(claim, ModelVersionStore.PREPROCESSING, preprocessing.get());
    }
  }

  /** Stores the network for other tools. */
  private void storeForOthers(Network network, NetworkPlan plan, DatasetDescription data)
      throws IOException {
    store(ModelVersionStore.WEIGHTS, file -> ModelExport.write(file, network, plan, request, data));
    store(
        ModelVersionStore.ONNX,
        file ->
            OnnxFile.write(
                file,
                plan,
                network.weights(),
                request.augmentation(),
                data,
                preprocessing,
                ModelExport.metadata(plan, request, data)));
    store(ModelVersionStore.KERAS, file -> Files.writeString(file, KerasJson.of(plan)));
  }

  private interface FileWriter {
    void write(Path file) throws IOException;
  }

  /** Stores an optional file: if it cannot be written, it is left out and the reason is logged. */
  private void store(String name, FileWriter writer) throws IOException {
    ModelVersionStore store = workshop.files.store();
    Path written = store.scratch();
    try {
      if (!isWritten(name, written, writer)) {
        Files.deleteIfExists(written);
        return;
      }
    } catch (IOException | RuntimeException | Error e) {
      Files.deleteIfExists(written);
      throw e;
    }
    ensureOurs();
    storing.add(written, () -> store.write(claim, name, written));
  }

  private static boolean isWritten(String name, Path file, FileWriter writer) throws IOException {
    try {
      writer.write(file);
      return true;
    } catch (InvalidMessageException | ArithmeticException e) {
      LOG.warnf("%s is not stored: %s", name, e.getMessage());
    } catch (RuntimeException | LinkageError e) {
      LOG.errorf(e, "%s is not stored", name);
    }
    return false;
  }

  private TrainingEvent.RunCompleted store(Network network) throws IOException {
    ModelVersionStore store = workshop.files.store();
    Path written = store.scratch();
    try {
      network.save(written);
      long bytes = Files.size(written);
      String digest = Digests.sha256(written);
      ensureOurs();
      storePreprocessing();
      store.write(claim, ModelVersionStore.MODEL, written);
      storing.await();
      var now = workshop.clock.instant();
      return new TrainingEvent.RunCompleted(
          null,
          request.run(),
          now,
          loop.progress().epoch(),
          loop.progress().step(),
          claim.seconds(now),
          ModelVersionStore.name(claim, ModelVersionStore.MODEL),
          bytes,
          digest,
          loop.stoppedEarly().orElse(null),
          loop.bestEpoch().orElse(null));
    } finally {
      Files.deleteIfExists(written);
    }
  }
}
