package io.millrace.trainer.feed;

import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.trainer.network.Batch;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The batches between request and use: which to request next, which have arrived, and how much of
 * the topic may be deleted. It has no Kafka and no clock; the caller guards it with a lock.
 */
final class Supply {
  private final FeedLimits limits;
  private final BatchRules rules;
  private final Window window;
  private final Itinerary itinerary;
  private final ReorderBuffer<Batch> buffer = new ReorderBuffer<>();
  private long read;

  /** The batches of a run with that many epochs, from a position on. */
  Supply(
      FeedLimits limits,
      BatchSource source,
      DatasetDescription data,
      int epochs,
      TrainingPosition from) {
    this.limits = limits;
    rules = new BatchRules(data);
    long sample =
        4L
            * (labels(source, data)
                + data.sampleShape().stream()
                    .mapToLong(Integer::longValue)
                    .reduce(1, Math::multiplyExact));
    window = new Window(limits.windowBatches(), limits.windowBytes(), sample * source.batchSize());
    itinerary =
        new Itinerary(
            data,
            source.batchSize(),
            epochs,
            from,
            part ->
                BatchSource.batches(data.samples(part), source.batchSize()) * window.batchBytes()
                    <= limits.cacheBytes());
  }

  /** The number of values in a training sample's label. */
  private static long labels(BatchSource source, DatasetDescription data) {
    if (!data.predictsClasses()) {
      return data.labelValues();
    }
    return source.augmentation().mixesLabels() ? data.classes().size() : 1;
  }

  /** The batches to request next, which then count as requested; empty if the window is full. */
  Optional<Span> next() {
    int most = Math.min(limits.taskBatches(), Math.max(1, window.limit() / 2));
    Optional<Span> next =
        itinerary
            .peek(most)
            .filter(span -> span.count() <= window.room() && !buffer.overlaps(span));
    next.ifPresent(
        span -> {
          itinerary.advance(span);
          buffer.ask(span);
          window.ask(span.count());
        });
    return next;
  }

  /** Whether a batch was requested and has not arrived. */
  boolean wants(BatchKey key) {
    return buffer.wants(key);
  }

  /** The missing batches of the task of a batch that {@link #wants} names, from this batch on. */
  Span missingFrom(BatchKey key) {
    return buffer.missingFrom(key);
  }

  /**
   * Adds a batch that has arrived; drops one that nobody waits for.
   *
   * @throws io.millrace.contracts.InvalidMessageException if it is not a batch of these data
   */
  void put(BatchKey key, byte[] value) {
    if (!buffer.wants(key)) {
      return;
    }
    Batch batch = BatchFile.read(key, value);
    rules.check(batch);
    buffer.put(key, batch);
    window.batchBytes(read == 0 ? value.length : Math.max(value.length, window.batchBytes()));
    read++;
  }

  /** Returns a batch; null if it has not arrived. */
  Batch take(BatchKey key) {
    Batch batch = buffer.take(key);
    if (batch != null) {
      window.take();
    }
    return batch;
  }

  /** Ends the training batches; continues with the test part. */
  void endTraining() {
    buffer.clear();
    read = window.forget();
    itinerary.endTraining();
  }

  /** The number of batches in a part. */
  int batches(Part part) {
    return itinerary.batches(part);
  }

  /** Whether the validation part appears only once, so that the reader must keep it. */
  boolean keepsValidation() {
    return itinerary.keepsValidation();
  }

  /** Batches requested and not yet taken. */
  int inFlight() {
    return window.inFlight();
  }

  /** How many batches have arrived in total, once enough of them are in the topic to be deleted. */
  OptionalLong toDelete() {
    return read - window.deleted() >= Math.max(1, window.limit() / 8)
        ? OptionalLong.of(read)
        : OptionalLong.empty();
  }

  /** The first {@code batches} batches are no longer in the topic. */
  void deletedUpTo(long batches) {
    window.deletedUpTo(batches);
  }
}
