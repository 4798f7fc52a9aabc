package io.millrace.augmentation.intake;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.DatasetLimits;
import io.millrace.augmentation.dataset.DecodedCache;
import io.millrace.augmentation.dataset.SpillFile;
import io.millrace.augmentation.stream.BatchMaker;
import io.millrace.augmentation.stream.StatisticsStore;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.TraceHeaders;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Creates and connects the parts of the service when it starts, and closes them when it stops. */
@ApplicationScoped
class TaskIntake {
  private static final Logger LOG = Logger.getLogger(TaskIntake.class);

  private final TaskQueues queues;
  private final DatasetRoots roots;
  private final DatasetCatalog catalog;
  private final AugmenterId augmenter;

  TaskIntake(
      Config config,
      DatasetsSettings datasets,
      AugmentationSettings augmentation,
      MeterRegistry registry,
      Tracer tracer,
      @ConfigProperty(name = "quarkus.otel.sdk.disabled") boolean untraced,
      @ConfigProperty(name = "millrace.kafka.replication-factor")
          Optional<Short> replicationFactor) {
    DatasetLimits limits = limits(datasets);
    var cache = new DecodedCache(limits.cacheBytes(), spill(datasets));
    var metrics = new AugmentationMetrics(registry, cache);
    roots = DatasetRoots.of(datasets);
    catalog = new DatasetCatalog(roots.paths(), limits, cache, metrics::decoded, metrics::hashed);
    metrics.watch(registry, catalog);
    if (roots.cache() != null) {
      metrics.watch(registry, roots.cache());
    }
    augmenter = AugmenterId.of(augmentation.id());
    var statistics = new StatisticsStore();
    queues =
        new TaskQueues(
            KafkaSettings.of(
                config.getPropertyNames(),
                name -> config.getOptionalValue(name, String.class),
                replicationFactor),
            new TaskQueues.Size(
                augmentation.workers().orElse(Runtime.getRuntime().availableProcessors())),
            new TaskQueues.Served(catalog, augmenter),
            new BatchMaker(catalog, statistics),
            statistics,
            metrics,
            untraced ? TraceHeaders.untraced() : tracer);
    LOG.infof(
        "Augmentation service %s: caches %d MiB of decoded images in memory and %d MiB in a file;"
            + " decodes JPEG with %s",
        augmenter.name(),
        limits.cacheBytes() >> 20,
        datasets.spillBytes().asLongValue() >> 20,
        catalog.jpegDecoder());
  }

  private static DatasetLimits limits(DatasetsSettings datasets) {
    return new DatasetLimits(
        Math.min(datasets.cacheBytes().asLongValue(), Runtime.getRuntime().maxMemory() / 2),
        datasets.maxImagePixels(),
        Math.toIntExact(datasets.maxIdxBytes().asLongValue()),
        Math.toIntExact(datasets.maxCsvBytes().asLongValue()),
        datasets.onBrokenImage());
  }

  private static SpillFile spill(DatasetsSettings datasets) {
    long bytes = datasets.spillBytes().asLongValue();
    return bytes == 0
        ? SpillFile.none()
        : SpillFile.in(
            datasets.spillFolder().orElse(Path.of(System.getProperty("java.io.tmpdir"))), bytes);
  }

  void start(@Observes StartupEvent event) {
    catalog.start();
    queues.start();
  }

  void stop(@Observes ShutdownEvent event) {
    queues.close();
    catalog.close();
    roots.close();
  }

  /** The data sets, for the HTTP resources. */
  @Produces
  @Singleton
  DatasetCatalog catalog() {
    return catalog;
  }

  /** The name under which data sets are announced. */
  @Produces
  @Singleton
  AugmenterId augmenter() {
    return augmenter;
  }

  /** Whether the workers take tasks. */
  boolean isReady() {
    return queues.isReady();
  }

  /** Whether the service takes tasks or can still start to. */
  boolean isAlive() {
    return queues.isAlive();
  }
}
