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

/** What the service measures of itself, as {@code millrace_trainer_*}. */
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
            .description("From a request's publication until a trainer takes it first")
            .register(registry);
    step =
        Timer.builder("millrace.trainer.step").description("An optimizer step").register(registry);
    dataWait =
        Timer.builder("millrace.trainer.data.wait")
            .description("Waiting for a batch that was not at hand")
            .register(registry);
    checkpoint =
        Timer.builder("millrace.trainer.checkpoint")
            .description("Writing a checkpoint")
            .register(registry);
    checkpointBytes =
        DistributionSummary.builder("millrace.trainer.checkpoint.size")
            .baseUnit("bytes")
            .register(registry);
    Gauge.builder("millrace.trainer.window.batches", windowBatches, AtomicInteger::get)
        .description("Batches asked for and not yet taken")
        .register(registry);
    Gauge.builder("millrace.trainer.busy", busy, AtomicInteger::get)
        .description("Whether a run is in hand")
        .register(registry);
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  /** The trainer has a device with memory of its own. */
  public void gpu(DeviceMemory memory) {
    Gauge.builder("millrace.trainer.gpu.memory.bytes", () -> memory.total().getAsLong())
        .description("The GPU's memory")
        .register(registry);
    Gauge.builder("millrace.trainer.gpu.memory.used.bytes", () -> memory.used().getAsLong())
        .description("The GPU's memory that is taken, by whomever")
        .register(registry);
  }

  /** A request that nobody had before was taken. */
  public void requestTaken(long ageMillis) {
    requestAge.record(Duration.ofMillis(Math.max(0, ageMillis)));
  }

  /** A record of a batch topic was read. */
  public void received(int bytes) {
    batches.increment();
    received.increment(bytes);
  }

  /** An optimizer step was made. */
  public void step(int size, long nanos) {
    steps.increment();
    samples.increment(size);
    step.record(Duration.ofNanos(nanos));
  }

  /** The training waited for a batch. */
  public void waited(long nanos) {
    dataWait.record(Duration.ofNanos(nanos));
  }

  /** A checkpoint was written. */
  public void checkpoint(long nanos, long bytes) {
    checkpoint.record(Duration.ofNanos(nanos));
    checkpointBytes.record(bytes);
  }

  /** Batches asked for and not yet taken. */
  public void window(int batches) {
    windowBatches.set(batches);
  }

  /** Whether a run is in hand. */
  public void busy(boolean isBusy) {
    busy.set(isBusy ? 1 : 0);
  }

  /** A run was done with: {@code completed}, {@code failed}, {@code released}, … */
  public void run(String outcome) {
    registry
        .counter("millrace.trainer.runs", "outcome", outcome.toLowerCase(Locale.ROOT))
        .increment();
  }
}
