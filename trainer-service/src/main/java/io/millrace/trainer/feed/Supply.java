package io.millrace.trainer.feed;

import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.trainer.network.Batch;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The batches between the asking and the taking: what may be asked for next, what has come, and
 * what of the topic may be deleted. It knows no Kafka and no time; its user guards it with a lock.
 */
final class Supply {
  private final FeedLimits limits;
  private final BatchRules rules;
  private final Window window;
  private final Itinerary itinerary;
  private final ReorderBuffer<Batch> buffer = new ReorderBuffer<>();
  private long read;

  /** The supply of a run of so many epochs, from a position on. */
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

  /** Values of a training sample's label. */
  private static long labels(BatchSource source, DatasetDescription data) {
    if (!data.predictsClasses()) {
      return data.labelValues();
    }
    return source.augmentation().mixesLabels() ? data.classes().size() : 1;
  }

  /** What to ask for next; empty where the window has no room for it. It counts as asked for. */
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

  /** Whether a batch was asked for and has not come yet. */
  boolean wants(BatchKey key) {
    return buffer.wants(key);
  }

  /** What is missing of the task of a batch that {@link #wants} names, from this batch on. */
  Span missingFrom(BatchKey key) {
    return buffer.missingFrom(key);
  }

  /**
   * Takes in what has come; what nobody waits for is dropped.
   *
   * @throws io.millrace.contracts.InvalidMessageException where it is no batch of these data
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

  /** Hands a batch out; null where it has not come yet. */
  Batch take(BatchKey key) {
    Batch batch = buffer.take(key);
    if (batch != null) {
      window.take();
    }
    return batch;
  }

  /** No more training batches are wanted: goes on with the test part. */
  void endTraining() {
    buffer.clear();
    read = window.forget();
    itinerary.endTraining();
  }

  /** Batches of a part. */
  int batches(Part part) {
    return itinerary.batches(part);
  }

  /** Whether the validation part comes only once, so that its reader has to keep it. */
  boolean keepsValidation() {
    return itinerary.keepsValidation();
  }

  /** Batches asked for and not yet taken. */
  int inFlight() {
    return window.inFlight();
  }

  /** How many batches have come in all, where enough of them are in the topic to be deleted. */
  OptionalLong toDelete() {
    return read - window.deleted() >= Math.max(1, window.limit() / 8)
        ? OptionalLong.of(read)
        : OptionalLong.empty();
  }

  /** So many batches in all are no longer in the topic. */
  void deletedUpTo(long batches) {
    window.deletedUpTo(batches);
  }
}
