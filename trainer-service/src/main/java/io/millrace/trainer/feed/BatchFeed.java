package io.millrace.trainer.feed;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.task.TaskFailure;
import io.millrace.contracts.tensor.Safetensors;
import io.millrace.messaging.BatchHeaders;
import io.millrace.messaging.KafkaSettings;
import io.millrace.trainer.events.TrainerMetrics;
import io.millrace.trainer.events.TrainerPublisher;
import io.millrace.trainer.events.Trouble;
import io.millrace.trainer.network.Batch;
import io.opentelemetry.context.Context;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jboss.logging.Logger;

/**
 * A run's batches over Kafka. The feed requests them in tasks, a bounded window ahead of training.
 * One thread reads the run's batch topic into a reorder buffer and has the broker delete what was
 * read; the training thread takes the batches in order.
 *
 * <p>A batch is a pure function of its task, so a task can be sent again at any time: duplicates
 * are dropped.
 */
public final class BatchFeed implements RunBatches, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(BatchFeed.class);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** What a feed works with; the feed closes none of it. */
  public record Kafka(
      KafkaSettings settings,
      Admin admin,
      TrainerPublisher outbox,
      TrainerMetrics metrics,
      Trouble trouble) {}

  /**
   * When to stop.
   *
   * @param check called by the training thread some ten times a second while it waits; an exception
   *     ends the wait
   * @param isDue called by the reading thread
   */
  public record Stops(Runnable check, BooleanSupplier isDue) {}

  private final Kafka kafka;
  private final BatchSource source;
  private final FeedLimits limits;
  private final Stops stops;
  private final Context trace = Context.current();
  private final BatchTopic topic;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final BatchReader reader;

  // Guarded by the lock.
  private final Set<String> sources = new HashSet<>();
  private BatchSource fromNowOn;
  private Supply supply;
  private DatasetDescription description;
  private byte[] preprocessing;
  private RuntimeException failure;
  private boolean begun;
  private boolean deleting;
  private long deletedOffset;
  private long lastArrival = System.nanoTime();

  // Used by the training thread only.
  private final KeptBatches kept = new KeptBatches();
  private long waited;

  private volatile boolean closed;

  /** Creates the run's batch topic, or empties the one that an earlier trainer has left. */
  public BatchFeed(Kafka kafka, BatchSource source, FeedLimits limits, Stops stops) {
    this.kafka = kafka;
    this.source = source;
    this.limits = limits;
    this.stops = stops;
    topic = new BatchTopic(kafka.admin, source.run());
    deletedOffset = topic.prepare(source.run(), stops.check);
    use(source);
    reader =
        new BatchReader(kafka.settings, topic.partition(), source.run(), trace, new Answers())
            .start(deletedOffset);
  }

  /**
   * Requests the data set's description, and waits for it.
   *
   * @throws FeedException if the data set is not usable
   */
  public DatasetDescription describe() {
    var task = new BatchTask.Describe(null, source);
    ask(task);
    var patience = new Patience(limits, System::nanoTime);
    lock.lock();
    try {
      while (description == null || source.augmentation().standardizes() && preprocessing == null) {
        if (patience.isLate()) {
          ask(task);
        }
        await(patience);
      }
      return description;
    } finally {
      lock.unlock();
    }
  }

  /**
   * How the batches' images were standardized, as safetensors; available with the description, and
   * empty without standardization.
   */
  public Optional<byte[]> preprocessing() {
    lock.lock();
    try {
      return Optional.ofNullable(preprocessing);
    } finally {
      lock.unlock();
    }
  }

  /** Starts to request batches of these data and no others. */
  public void begin(DatasetDescription data, int epochs, TrainingPosition from) {
    lock.lock();
    try {
      use(source.of(data.fingerprint()));
      supply = new Supply(limits, source, data, epochs, from);
      askAhead();
    } finally {
      lock.unlock();
    }
  }

  /** From now on tasks name this source; batches of earlier tasks still count. */
  private void use(BatchSource named) {
    fromNowOn = named;
    sources.add(named.digest());
  }

  @Override
  public Batch train(TrainingPosition position, Runnable idle) {
    return take(new BatchKey(Part.TRAIN, position.epoch(), position.batch()), idle);
  }

  @Override
  public void evaluation(Part part, Consumer<Batch> visitor) {
    if (kept.has(part)) {
      kept.forEach(visitor);
      return;
    }
    int batches = supply.batches(part);
    for (int i = 0; i < batches; i++) {
      Batch batch = take(new BatchKey(part, 0, i), () -> {});
      if (keeps(part)) {
        kept.add(batch, batches);
      }
      visitor.accept(batch);
    }
  }

  @Override
  public void endTraining() {
    lock.lock();
    try {
      supply.endTraining();
      askAhead();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public double waitedSeconds() {
    return waited / 1e9;
  }

  /** Stops requesting and reading. The topic stays. */
  @Override
  public void close() {
    closed = true;
    kept.clear();
    kafka.metrics.window(0);
    kafka.trouble.over(Trouble.Kind.AUGMENTERS);
    reader.close();
  }

  private boolean keeps(Part part) {
    lock.lock();
    try {
      return supply.keepsValidation() && !kept.isComplete() && part == description.validationPart();
    } finally {
      lock.unlock();
    }
  }

  private Batch take(BatchKey key, Runnable idle) {
    lock.lock();
    try {
      Batch batch = supply.take(key);
      if (batch == null) {
        long start = System.nanoTime();
        var patience = new Patience(limits, System::nanoTime);
        while ((batch = supply.take(key)) == null) {
          // With a full window the next task waits until the broker has deleted the batches that
          // were read.
          askAhead();
          if (patience.isLate() && supply.wants(key)) {
            Span missing = supply.missingFrom(key);
            LOG.warnf(
                "Batch %d of %s has not arrived; requesting it again", key.index(), key.part());
            ask(task(missing));
          }
          idle.run();
          await(patience);
        }
        long nanos = System.nanoTime() - start;
        waited += nanos;
        kafka.metrics.waited(nanos);
      }
      askAhead();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Waits briefly for a change; throws if waiting is pointless. */
  private void await(Patience patience) {
    if (failure != null) {
      throw failure;
    }
    stops.check.run();
    if (patience.isSilent(lastArrival)) {
      kafka.trouble.report(
          Trouble.Kind.AUGMENTERS,
          "no augmentation service has answered for "
              + patience.silence(lastArrival).toSeconds()
              + " s; the run waits for one");
    }
    if (begun && patience.isOver(lastArrival)) {
      throw new FeedException(
          null,
          "no augmentation service has answered for "
              + limits.giveUpAfter().toSeconds()
              + " s; start one, then submit the request with another run id");
    }
    try {
      changed.awaitNanos(LOOK_NANOS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }

  /** Requests batches until the window is full. Call it under the lock. */
  private void askAhead() {
    if (supply == null || closed) {
      return;
    }
    for (var next = supply.next(); next.isPresent(); next = supply.next()) {
      ask(task(next.get()));
    }
    kafka.metrics.window(supply.inFlight());
  }

  private BatchTask.Produce task(Span span) {
    return new BatchTask.Produce(
        null,
        fromNowOn,
        span.part(),
        span.epoch(),
        span.first(),
        span.count(),
        topic.partition().partition());
  }

  private void ask(BatchTask task) {
    kafka.outbox.ask(task, trace, e -> fail(new KafkaException("a task was not published", e)));
  }

  private void fail(RuntimeException e) {
    lock.lock();
    try {
      failure = failure == null ? e : failure;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Handles the records that the reader thread has read. */
  private final class Answers implements BatchReader.Listener {
    @Override
    public void accept(ConsumerRecord<byte[], byte[]> record) {
      lock.lock();
      try {
        BatchHeaders headers = BatchHeaders.from(record.headers());
        if (headers.source() != null && !sources.contains(headers.source())) {
          LOG.info("Dropped a late batch of another run with this id");
          return;
        }
        lastArrival = System.nanoTime();
        kafka.trouble.over(Trouble.Kind.AUGMENTERS);
        accept(headers, record.value());
      } catch (InvalidMessageException e) {
        failure =
            new FeedException(
                null, "the augmentation service sent an invalid record: " + e.getMessage());
      } finally {
        changed.signalAll();
        lock.unlock();
      }
    }

    private void accept(BatchHeaders headers, byte[] value) {
      if (value == null) {
        throw new InvalidMessageException("", "it has no value");
      }
      switch (headers.kind()) {
        case BATCH -> {
          kafka.metrics.received(value.length);
          begun = true;
          if (supply != null) {
            supply.put(new BatchKey(headers.part(), headers.epoch(), headers.batch()), value);
          }
        }
        case DESCRIPTION -> {
          // Augmentation services may describe the data set differently; the run uses the first
          // description.
          var answer = Messages.read(value, DatasetDescription.class);
          description = description == null ? answer : description;
        }
        case STATISTICS -> {
          Safetensors.read(ByteBuffer.wrap(value));
          preprocessing = value;
        }
        case FAILURE -> {
          TaskFailure refused = Messages.read(value, TaskFailure.class);
          failure = new FeedException(refused.field(), refused.reason());
        }
      }
    }

    /** Has the broker delete what was read, one call at a time, while the run is ours. */
    @Override
    public void readUpTo(long offset) {
      if (stops.isDue.getAsBoolean()) {
        return;
      }
      lock.lock();
      try {
        // Before the batches, the only record is a description.
        OptionalLong batches = supply == null ? OptionalLong.of(0) : supply.toDelete();
        if (deleting || offset == deletedOffset || batches.isEmpty()) {
          return;
        }
        deleting = true;
        long gone = batches.getAsLong();
        topic.deleteBefore(offset, e -> deleted(offset, gone, e));
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void failed(RuntimeException e) {
      fail(e);
    }
  }

  /** A failed deletion costs disk space until the run ends, and nothing else. */
  private void deleted(long offset, long batches, Throwable e) {
    if (e != null && !closed) {
      LOG.warnf(
          "Cannot delete the records of %s that were already read: %s",
          topic.partition().topic(), e.getMessage());
    }
    lock.lock();
    try {
      deleting = false;
      deletedOffset = offset;
      if (supply != null) {
        supply.deletedUpTo(batches);
        askAhead();
      }
    } catch (RuntimeException failed) {
      fail(failed);
    } finally {
      lock.unlock();
    }
  }
}
