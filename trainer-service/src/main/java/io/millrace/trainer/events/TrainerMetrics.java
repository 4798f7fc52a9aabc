package io.millrace.trainer.events;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** What the service measures of itself, as {@code millrace_trainer_*}. */
public final class TrainerMetrics {
  private final MeterRegistry registry;
  private final Counter steps;
  private final Counter samples;
  private final Timer step;
  private final Timer dataWait;
  private final Timer checkpoint;
  private final DistributionSummary checkpointBytes;
  private final AtomicInteger windowBatches = new AtomicInteger();
  private final AtomicInteger busy = new AtomicInteger();

  /** Registers the meters. */
  public TrainerMetrics(MeterRegistry registry) {
    this.registry = registry;
    steps = registry.counter("millrace.trainer.steps");
    samples = registry.counter("millrace.trainer.samples");
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
    registry.gauge("millrace.trainer.window.batches", windowBatches);
    registry.gauge("millrace.trainer.busy", busy);
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
