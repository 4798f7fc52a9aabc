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
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import io.millrace.trainer.events.Outbox;
import io.millrace.trainer.events.TrainerMetrics;
import io.millrace.trainer.network.Batch;
import io.opentelemetry.context.Context;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * A run's batches over Kafka. It asks for them in tasks, a bounded window ahead of the training;
 * one thread reads the answers from the run's batch topic into a reorder buffer and has the broker
 * delete what was read; the training's thread takes them in order.
 *
 * <p>A batch is a pure function of its task, so a task may be asked again at any time: what comes
 * twice is dropped.
 */
public final class BatchFeed implements Batches, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(BatchFeed.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration TOPIC_PATIENCE = Duration.ofSeconds(30);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** What a feed works with; it owns none of it. */
  public record Kafka(KafkaSettings settings, Admin admin, Outbox outbox, TrainerMetrics metrics) {}

  private final Kafka kafka;
  private final BatchSource source;
  private final FeedLimits limits;
  private final Runnable check;
  private final Context trace = Context.current();
  private final TopicPartition topic;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread reader;

  // Guarded by the lock.
  private final ReorderBuffer<Batch> buffer = new ReorderBuffer<>();
  private Window window;
  private Itinerary itinerary;
  private DatasetDescription description;
  private BatchRules rules;
  private byte[] preprocessing;
  private RuntimeException failure;
  private long read;
  private boolean deleting;
  private long deletedOffset;
  private long lastArrival = System.nanoTime();

  // The training's thread's own.
  private List<Batch> kept = new ArrayList<>();
  private boolean keptAll;
  private long waited;

  private volatile boolean closed;

  /**
   * Makes the run's batch topic, or empties the one that an earlier trainer has left.
   *
   * @param check called while waiting, some ten times a second; what it throws ends the wait
   */
  public BatchFeed(Kafka kafka, BatchSource source, FeedLimits limits, Runnable check) {
    this.kafka = kafka;
    this.source = source;
    this.limits = limits;
    this.check = check;
    topic = new TopicPartition(Topics.batches(source.run()), 0);
    new TopicProvisioner(kafka.admin).ensure(List.of(Topics.batchTopic(source.run(), 1)));
    long start = empty();
    deletedOffset = start;
    reader = new Thread(trace.wrap(() -> read(start)), "feed-" + source.run());
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Asks what is in the data set, and waits for the answer.
   *
   * @throws FeedException where it cannot be used, or nobody answers
   */
  public DatasetDescription describe() {
    var task = new BatchTask.Describe(null, source);
    ask(task);
    Patience patience = new Patience();
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
   * How the images of the batches were standardized, as safetensors; known with the description,
   * and empty where they were not.
   */
  public Optional<byte[]> preprocessing() {
    lock.lock();
    try {
      return Optional.ofNullable(preprocessing);
    } finally {
      lock.unlock();
    }
  }

  /** Begins to ask for batches. */
  public void begin(DatasetDescription data, int epochs, Position from) {
    lock.lock();
    try {
      rules = new BatchRules(data);
      long sample =
          4L
              * (labelsOf(data)
                  + data.sampleShape().stream()
                      .mapToLong(Integer::longValue)
                      .reduce(1, Math::multiplyExact));
      window =
          new Window(limits.windowBatches(), limits.windowBytes(), sample * source.batchSize());
      itinerary =
          new Itinerary(
              data,
              source.batchSize(),
              epochs,
              from,
              part ->
                  BatchSource.batches(data.samples(part), source.batchSize()) * window.batchBytes()
                      <= limits.cacheBytes());
      askAhead();
    } finally {
      lock.unlock();
    }
  }

  /** Values of a training sample's label. */
  private long labelsOf(DatasetDescription data) {
    if (data.series() != null) {
      return data.series().horizon();
    }
    return source.augmentation().mixesLabels() ? data.classes().size() : 1;
  }

  @Override
  public Batch train(Position position, Runnable idle) {
    return take(new BatchKey(Part.TRAIN, position.epoch(), position.batch()), idle);
  }

  @Override
  public void evaluation(Part part, Consumer<Batch> visitor) {
    if (keptAll && kept.get(0).part() == part) {
      kept.forEach(visitor);
      return;
    }
    int batches = itinerary.batches(part);
    for (int i = 0; i < batches; i++) {
      Batch batch = take(new BatchKey(part, 0, i), () -> {});
      if (keeps(part)) {
        kept.add(batch);
        keptAll = kept.size() == batches;
      }
      visitor.accept(batch);
    }
  }

  @Override
  public void endTraining() {
    lock.lock();
    try {
      buffer.clear();
      read = window.forget();
      itinerary.endTraining();
      askAhead();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public double waitedSeconds() {
    return waited / 1e9;
  }

  /** Stops asking and reading. The topic stays. */
  @Override
  public void close() {
    closed = true;
    kept = List.of();
    kafka.metrics.window(0);
    try {
      reader.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean keeps(Part part) {
    lock.lock();
    try {
      return itinerary.keepsValidation() && !keptAll && part == validationPart();
    } finally {
      lock.unlock();
    }
  }

  private Part validationPart() {
    return description.validationPart();
  }

  private Batch take(BatchKey key, Runnable idle) {
    lock.lock();
    try {
      Batch batch = buffer.take(key);
      if (batch == null) {
        long start = System.nanoTime();
        var patience = new Patience();
        while ((batch = buffer.take(key)) == null) {
          // A full window keeps the next task back until the broker has deleted what was read.
          askAhead();
          if (patience.isLate() && buffer.wants(key)) {
            Span missing = buffer.missingFrom(key);
            LOG.warnf("Batch %d of %s has not come yet; asking again", key.index(), key.part());
            ask(task(missing));
          }
          idle.run();
          await(patience);
        }
        long nanos = System.nanoTime() - start;
        waited += nanos;
        kafka.metrics.waited(nanos);
      }
      window.take();
      askAhead();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a change, a little; throws where there is no sense in waiting. */
  private void await(Patience patience) {
    if (failure != null) {
      throw failure;
    }
    check.run();
    patience.check();
    try {
      changed.awaitNanos(LOOK_NANOS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }

  /** Asks for as many batches as the window has room for. Called under the lock. */
  private void askAhead() {
    if (itinerary == null || closed) {
      return;
    }
    int most = Math.min(limits.taskBatches(), Math.max(1, window.limit() / 2));
    for (var next = itinerary.peek(most); next.isPresent(); next = itinerary.peek(most)) {
      Span span = next.get();
      if (span.count() > window.room() || buffer.overlaps(span)) {
        break;
      }
      itinerary.advance(span);
      buffer.ask(span);
      window.ask(span.count());
      ask(task(span));
    }
    kafka.metrics.window(window.inFlight());
  }

  private BatchTask.Produce task(Span span) {
    return new BatchTask.Produce(
        null, source, span.part(), span.epoch(), span.first(), span.count(), topic.partition());
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

  /** The reader's thread. */
  private void read(long start) {
    MDC.put("run", source.run());
    try (var consumer = kafka.settings.reader()) {
      consumer.assign(List.of(topic));
      consumer.seek(topic, start);
      while (!closed) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          accept(record);
        }
        deleteUpTo(consumer.position(topic));
      }
    } catch (WakeupException | InterruptException e) {
      fail(e);
    } catch (KafkaException e) {
      fail(new KafkaException("the batches cannot be read: " + e.getMessage(), e));
    } catch (RuntimeException | OutOfMemoryError e) {
      fail(new IllegalStateException("reading the batches failed: " + e, e));
    }
  }

  private void accept(ConsumerRecord<byte[], byte[]> record) {
    lock.lock();
    try {
      lastArrival = System.nanoTime();
      BatchHeaders headers = BatchHeaders.from(record.headers());
      switch (headers.kind()) {
        case BATCH -> {
          kafka.metrics.received(record.value().length);
          put(headers, record.value());
        }
        case DESCRIPTION -> description = Messages.read(record.value(), DatasetDescription.class);
        case STATISTICS -> {
          Safetensors.read(ByteBuffer.wrap(record.value()));
          preprocessing = record.value();
        }
        case FAILURE -> {
          TaskFailure refused = Messages.read(record.value(), TaskFailure.class);
          failure = new FeedException(refused.field(), refused.reason());
        }
      }
    } catch (InvalidMessageException e) {
      failure = new FeedException(null, "an augmenter sent what cannot be read: " + e.getMessage());
    } finally {
      changed.signalAll();
      lock.unlock();
    }
  }

  private void put(BatchHeaders headers, byte[] value) {
    var key = new BatchKey(headers.part(), headers.epoch(), headers.batch());
    if (!buffer.wants(key)) {
      return;
    }
    Safetensors file = Safetensors.read(ByteBuffer.wrap(value));
    var batch =
        new Batch(
            key.part(),
            key.epoch(),
            key.index(),
            file.tensor("features"),
            file.tensor("labels"),
            number(file, "scale", 1),
            number(file, "offset", 0));
    rules.check(batch);
    buffer.put(key, batch);
    window.batchBytes(read == 0 ? value.length : Math.max(value.length, window.batchBytes()));
    read++;
  }

  private static float number(Safetensors file, String name, float orElse) {
    String text = file.metadata().get(name);
    try {
      return text == null ? orElse : Float.parseFloat(text);
    } catch (NumberFormatException e) {
      throw new InvalidMessageException("__metadata__." + name, "is not a number");
    }
  }

  /** Has the broker delete what was read, one call at a time, as long as the run is ours. */
  private void deleteUpTo(long offset) {
    if (isStopping()) {
      return;
    }
    lock.lock();
    try {
      boolean due = window == null || read - window.deleted() >= Math.max(1, window.limit() / 8);
      if (deleting || offset == deletedOffset || !due) {
        return;
      }
      deleting = true;
      long gone = read;
      kafka
          .admin
          .deleteRecords(Map.of(topic, RecordsToDelete.beforeOffset(offset)))
          .all()
          .whenComplete((nothing, e) -> deleted(offset, gone, e));
    } finally {
      lock.unlock();
    }
  }

  private boolean isStopping() {
    try {
      check.run();
      return false;
    } catch (RuntimeException e) {
      return true;
    }
  }

  /** A failure to delete costs disk space until the run ends, and no more. */
  private void deleted(long offset, long batches, Throwable e) {
    if (e != null && !closed) {
      LOG.warnf("What was read of %s is not deleted: %s", topic.topic(), e.getMessage());
    }
    lock.lock();
    try {
      deleting = false;
      deletedOffset = offset;
      if (window != null) {
        window.deletedUpTo(batches);
        askAhead();
      }
    } catch (RuntimeException failed) {
      fail(failed);
    } finally {
      lock.unlock();
    }
  }

  /** Deletes all records that are there; the offset of the first one to come. */
  private long empty() {
    long end = System.nanoTime() + TOPIC_PATIENCE.toNanos();
    while (true) {
      try {
        return kafka
            .admin
            .deleteRecords(Map.of(topic, RecordsToDelete.beforeOffset(-1)))
            .lowWatermarks()
            .get(topic)
            .get()
            .lowWatermark();
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof RetriableException) || System.nanoTime() > end) {
          throw new KafkaException(topic.topic() + ": " + e.getCause().getMessage(), e.getCause());
        }
        check.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptException(e);
      }
    }
  }

  /** How long one wait may take; its clock starts with it. */
  private final class Patience {
    private final long start = System.nanoTime();
    private long late = start + limits.askAgainAfter().toNanos();
    private long step = limits.askAgainAfter().toNanos();

    /** Whether to ask again now. */
    private boolean isLate() {
      if (System.nanoTime() < late) {
        return false;
      }
      step *= 2;
      late = System.nanoTime() + step;
      return true;
    }

    private void check() {
      long silent = System.nanoTime() - Math.max(start, lastArrival);
      if (silent > limits.giveUpAfter().toNanos()) {
        throw new FeedException(
            null,
            "no augmenter has answered for "
                + limits.giveUpAfter().toSeconds()
                + " s; start one, then publish the request under another run id");
      }
    }
  }
}
