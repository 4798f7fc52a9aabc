package io.millrace.trainer.training;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.trainer.events.Events;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Collects the losses of steps, and publishes them every second or every hundred steps. */
final class LossReporter {
  private static final int MOST = 100;
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String run;
  private final Events events;
  private final Clock clock;
  private List<Double> losses = new ArrayList<>();
  private int epoch;
  private long firstStep;
  private long since;

  LossReporter(String run, Events events, Clock clock) {
    this.run = run;
    this.events = events;
    this.clock = clock;
  }

  /** Adds the next step's loss. */
  void add(int epoch, long step, double loss) {
    if (losses.isEmpty()) {
      this.epoch = epoch;
      firstStep = step;
      since = System.nanoTime();
    }
    losses.add(Double.isFinite(loss) ? loss : null);
    if (losses.size() >= MOST) {
      flush();
    }
    flushIfOld();
  }

  /** Publishes losses collected for a second or longer. */
  void flushIfOld() {
    if (!losses.isEmpty() && System.nanoTime() - since >= LONGEST_NANOS) {
      flush();
    }
  }

  /** Publishes the collected losses. */
  void flush() {
    if (!losses.isEmpty()) {
      events.publish(
          new TrainingEvent.StepsCompleted(null, run, clock.instant(), epoch, firstStep, losses));
      losses = new ArrayList<>();
    }
  }
}
