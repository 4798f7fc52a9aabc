package io.millrace.trainer.events;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.trainer.network.DeviceMemory;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** The service's metrics, {@code millrace_trainer_*}. */
public final class TrainerMetrics {
  private final MeterRegistry registry;
  private final Counter steps;
  private final Counter samples;
  private final Counter batches;
  private final Counter received;
  private final Timer requestAge;
  private final Timer step;
  private final Timer dataWait;
  private final Timer checkpoint;
  private final DistributionSummary checkpointBytes;
  private final AtomicInteger windowBatches = new AtomicInteger();
  private final AtomicInteger busy = new AtomicInteger();

  /** Registers the meters. */
  public TrainerMetrics(MeterRegistry registry) {
    this.registry = registry;
    steps = counter("millrace.trainer.steps", "Optimizer steps");
    samples = counter("millrace.trainer.samples", "Samples trained on");
    batches = counter("millrace.trainer.batches", "Batches read from Kafka");
    received = counter("millrace.trainer.received.bytes", "Bytes of the batches read");
    requestAge =
        Timer.builder("millrace.trainer.request.age")
            .description("Time from a request's publication to its first trainer")
            .register(registry);
    step =
        Timer.builder("millrace.trainer.step")
            .description("Time of an optimizer step")
            .register(registry);
    dataWait =
        Timer.builder("millrace.trainer.data.wait")
            .description("Time that training waited for a batch")
            .register(registry);
    checkpoint =
        Timer.builder("millrace.trainer.checkpoint")
            .description("Time to write a checkpoint")
            .register(registry);
    checkpointBytes =
        DistributionSummary.builder("millrace.trainer.checkpoint.size")
            .baseUnit("bytes")
            .register(registry);
    Gauge.builder("millrace.trainer.window.batches", windowBatches, AtomicInteger::get)
        .description("Batches requested and not yet taken")
        .register(registry);
    Gauge.builder("millrace.trainer.busy", busy, AtomicInteger::get)
        .description("Whether the trainer has a run")
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  /** Registers the meters of a device with memory of its own. */
  public void gpu(DeviceMemory memory) {
    Gauge.builder("millrace.trainer.gpu.memory.bytes", () -> memory.total().getAsLong())
        .description("The GPU's memory")
        .register(registry);
    Gauge.builder("millrace.trainer.gpu.memory.used.bytes", () -> memory.used().getAsLong())
        .description("The GPU's memory in use by any process")
        .register(registry);
  }

  /** Records that a trainer took a request for the first time. */
  public void requestTaken(long ageMillis) {
    requestAge.record(Duration.ofMillis(Math.max(0, ageMillis)));
  }

  /** Records a record of a batch topic. */
  public void received(int bytes) {
    batches.increment();
    received.increment(bytes);
  }

  /** Records an optimizer step. */
  public void step(int size, long nanos) {
    steps.increment();
    samples.increment(size);
    step.record(Duration.ofNanos(nanos));
  }

  /** Records a wait for a batch. */
  public void waited(long nanos) {
    dataWait.record(Duration.ofNanos(nanos));
  }

  /** Records a checkpoint. */
  public void checkpoint(long nanos, long bytes) {
    checkpoint.record(Duration.ofNanos(nanos));
    checkpointBytes.record(bytes);
  }

  /** Sets the number of batches requested and not yet taken. */
  public void window(int batches) {
    windowBatches.set(batches);
  }

  /** Sets whether the trainer has a run. */
  public void busy(boolean isBusy) {
    busy.set(isBusy ? 1 : 0);
  }

  /**
   * Counts a run that the trainer has finished with: {@code completed}, {@code failed}, {@code
   * released}, …
   */
  public void run(String outcome) {
    registry
        .counter("millrace.trainer.runs", "outcome", outcome.toLowerCase(Locale.ROOT))
        .increment();
  }
}
