package io.millrace.augmentation.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.augmentation.bucket.ObjectCache;
import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.DecodedCache;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The metrics of the service. */
final class AugmentationMetrics {
  private static final String PREFIX = "millrace.augmentation.";

  /** How a task ended. */
  enum Ending {
    /** All its batches were sent. */
    DONE,
    /** It failed; a failure was sent. */
    FAILED,
    /** Its run is over or was cancelled. */
    DROPPED,
    /** It cannot be read as a task. */
    UNDECODABLE,
    /** It was returned to the queue. */
    RELEASED
  }

  private final Map<Ending, Counter> tasks = new EnumMap<>(Ending.class);
  private final Counter batches;
  private final Counter samples;
  private final Counter bytes;
  private final Counter skipped;
  private final Timer age;
  private final Timer decoding;
  private final Timer making;
  private final Timer hashing;

  AugmentationMetrics(MeterRegistry registry, DecodedCache cache) {
    for (Ending ending : Ending.values()) {
      tasks.put(
          ending,
          Counter.builder(PREFIX + "tasks")
              .description("Tasks taken, by how they ended")
              .tag("ending", ending.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    batches = counter(registry, "batches", "Batches sent");
    samples = counter(registry, "samples", "Samples in the batches sent");
    bytes = counter(registry, "sent.bytes", "Bytes of the batches sent");
    skipped =
        counter(registry, "skipped.files", "Unreadable files skipped in data sets that runs use");
    age = timer(registry, "task.age", "Time from a task's publication until a worker takes it");
    decoding = timer(registry, "decode", "Time to decode an image");
    making = timer(registry, "transform", "Time to make a batch, including decoding");
    hashing =
        timer(registry, "hashing", "Time to read a piece of a data set's files for the catalogue");
    Gauge.builder(PREFIX + "cache.bytes", cache, DecodedCache::bytes)
        .description("Bytes of decoded images in memory")
        .register(registry);
  }

  private static Counter counter(MeterRegistry registry, String name, String description) {
    return Counter.builder(PREFIX + name).description(description).register(registry);
  }

  private static Timer timer(MeterRegistry registry, String name, String description) {
    return Timer.builder(PREFIX + name).description(description).register(registry);
  }

  /** Registers the gauges for the data sets of a catalog. */
  void watch(MeterRegistry registry, DatasetCatalog catalog) {
    for (boolean usable : new boolean[] {true, false}) {
      Gauge.builder(
              PREFIX + "datasets",
              catalog,
              known ->
                  known.facts().values().stream()
                      .filter(facts -> facts.isUsable() == usable)
                      .count())
          .description("Data sets of this service, by whether a run can use them")
          .tag("usable", Boolean.toString(usable))
          .register(registry);
    }
  }

  /** Registers the metrics of the object cache. */
  void watch(MeterRegistry registry, ObjectCache objects) {
    Gauge.builder(PREFIX + "object.cache.bytes", objects, ObjectCache::bytes)
        .description("Bytes of bucket objects cached on disk")
        .register(registry);
    FunctionCounter.builder(PREFIX + "objects.fetched", objects, ObjectCache::fetched)
        .description("Bucket objects fetched as a whole")
        .register(registry);
  }

  void hashed(long nanos) {
    hashing.record(nanos, TimeUnit.NANOSECONDS);
  }

  void ended(Ending ending) {
    tasks.get(ending).increment();
  }

  void taken(long ageMillis) {
    age.record(Math.max(0, ageMillis), TimeUnit.MILLISECONDS);
  }

  void made(long nanos) {
    making.record(nanos, TimeUnit.NANOSECONDS);
  }

  void sent(int count, int size) {
    batches.increment();
    samples.increment(count);
    bytes.increment(size);
  }

  void skipped(int files) {
    skipped.increment(files);
  }

  void decoded(long nanos) {
    decoding.record(nanos, TimeUnit.NANOSECONDS);
  }
}
