package io.millrace.results.live;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.results.curve.RunLosses;
import io.millrace.results.log.LogPage;
import io.millrace.results.log.LogQueries;
import io.millrace.results.run.RunQueries;
import io.millrace.results.run.RunSummary;
import io.millrace.results.store.Changes;
import io.millrace.results.store.FreshContext;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.function.Supplier;

/**
 * Streams of events, read from the database. {@link Changes} triggers each read, which starts where
 * the last one ended. After an interruption, a reader continues from its position, on this service
 * or on another. A stream reads no faster than its reader, so that a slow reader takes no memory.
 */
@ApplicationScoped
public class LiveStreams {
  private static final int STEPS_PER_READ = 1_000;
  private static final int ENTRIES_PER_READ = 100;
  private static final int RUNS_PER_READ = 100;

  private final LogQueries log;
  private final RunQueries runs;
  private final Changes changes;
  private final FreshContext contexts;
  private final StreamLimits limits;
  private final AtomicInteger open = new AtomicInteger();

  LiveStreams(
      LogQueries log,
      RunQueries runs,
      Changes changes,
      FreshContext contexts,
      StreamLimits limits,
      MeterRegistry registry) {
    this.log = log;
    this.runs = runs;
    this.changes = changes;
    this.contexts = contexts;
    this.limits = limits;
    Gauge.builder("millrace.results.streams", open, AtomicInteger::get)
        .description("Open event streams")
        .register(registry);
  }

  /**
   * The events of a run, from now on or after a position: its state, at once and at each change,
   * its log entries, and the losses of its steps.
   *
   * @param position null for now
   * @return fails with {@link io.millrace.results.query.UnknownException} or {@link
   *     TooManyStreamsException}
   */
  public Multi<Frame> ofRun(String run, StreamPosition position) {
    return stream(
        (changedRun, experiment) -> changedRun.equals(run),
        () ->
            log.reached(run)
                .map(
                    reached -> {
                      StreamPosition start =
                          position == null
                              ? new StreamPosition(reached.log(), reached.steps())
                              : position;
                      return new OfRun(run, start);
                    }));
  }

  /**
   * The events of an experiment's runs, from now on or after a position: the state of unfinished
   * runs at once, of each run at each change, and log entries.
   *
   * @param position null for now
   * @return fails as {@link #ofRun} does
   */
  public Multi<Frame> ofExperiment(String experiment, StreamPosition position) {
    return stream(
        (run, changedExperiment) -> changedExperiment.equals(experiment),
        () ->
            log.last(experiment)
                .map(
                    last ->
                        new OfExperiment(experiment, position == null ? last : position.log())));
  }

  /**
   * Checks whether a stream of a run can start.
   *
   * @return fails as the stream would
   */
  public Uni<Void> check(String run) {
    return Uni.createFrom().voidItem().invoke(this::checkRoom).call(() -> log.reached(run));
  }

  /**
   * Checks whether a stream of an experiment can start.
   *
   * @return fails as the stream would
   */
  public Uni<Void> checkExperiment(String experiment) {
    return Uni.createFrom().voidItem().invoke(this::checkRoom).call(() -> log.last(experiment));
  }

  private void checkRoom() {
    if (open.get() >= limits.max()) {
      throw new TooManyStreamsException(limits.max());
    }
  }

  /** Reads new events from the database, repeatedly. */
  private interface Reader {
    /**
     * Reads the new events.
     *
     * @param changed the runs known to have changed; empty for a periodic read
     */
    Uni<Result> read(Set<String> changed);
  }

  /**
   * @param more whether the database has more than one read returns
   */
  private record Result(List<Frame> frames, boolean more) {
    static final Result NOTHING = new Result(List.of(), false);
  }

  private Multi<Frame> stream(
      BiPredicate<String, String> concerns, Supplier<Uni<? extends Reader>> start) {
    return Multi.createFrom()
        .deferred(
            () -> {
              if (open.incrementAndGet() > limits.max()) {
                open.decrementAndGet();
                return Multi.createFrom().failure(new TooManyStreamsException(limits.max()));
              }
              var signal = new Signal();
              Changes.Listener listener =
                  (run, experiment) -> {
                    if (concerns.test(run, experiment)) {
                      signal.add(run);
                    }
                  };
              changes.add(listener);
              return contexts
                  .<Reader>call(start::get)
                  .onItem()
                  .transformToMulti(reader -> frames(reader, signal))
                  .onTermination()
                  .invoke(
                      () -> {
                        changes.remove(listener);
                        open.decrementAndGet();
                      });
            });
  }

  private Multi<Frame> frames(Reader reader, Signal signal) {
    var schedule = new Schedule();
    return Multi.createBy()
        .repeating()
        .uni(
            () ->
                schedule
                    .next(signal)
                    .chain(
                        changed ->
                            schedule.isTimeToRead(changed)
                                ? contexts.call(() -> reader.read(changed))
                                : Uni.createFrom().item(Result.NOTHING))
                    .map(schedule::after))
        .indefinitely()
        .onItem()
        .disjoint();
  }

  /** Schedules reads and heartbeats. */
  private final class Schedule {
    private boolean first = true;
    private boolean more;
    private long lastRead;
    private long lastFrame = System.nanoTime();

    /** True if a run has changed, and periodically. */
    boolean isTimeToRead(Set<String> changed) {
      long now = System.nanoTime();
      boolean is = more || !changed.isEmpty() || now - lastRead >= limits.poll().toNanos();
      lastRead = is ? now : lastRead;
      return is;
    }

    Uni<Set<String>> next(Signal signal) {
      if (first) {
        first = false;
        lastRead = System.nanoTime() - limits.poll().toNanos();
        return Uni.createFrom().item(Set.of());
      }
      Uni<Void> pause = Uni.createFrom().voidItem().onItem().delayIt().by(limits.pause());
      return pause.chain(
          () ->
              more
                  ? Uni.createFrom().item(Set.of())
                  : signal.await(shorter(limits.poll(), limits.heartbeat())));
    }

    private static Duration shorter(Duration a, Duration b) {
      return a.compareTo(b) < 0 ? a : b;
    }

    List<Frame> after(Result read) {
      more = read.more();
      long now = System.nanoTime();
      boolean isSilent = now - lastFrame >= limits.heartbeat().toNanos();
      if (read.frames().isEmpty() && !isSilent) {
        return List.of();
      }
      lastFrame = now;
      return read.frames().isEmpty() ? List.of(Frame.HEARTBEAT) : read.frames();
    }
  }

  private final class OfRun implements Reader {
    private final String run;
    private StreamPosition position;
    private RunSummary last;

    OfRun(String run, StreamPosition position) {
      this.run = run;
      this.position = position;
    }

    @Override
    public Uni<Result> read(Set<String> changed) {
      return runs.summaries(List.of(run))
          .chain(
              found ->
                  log.ofRun(run, position.log(), ENTRIES_PER_READ)
                      .chain(
                          entries ->
                              runs.losses(run, position.step(), Long.MAX_VALUE, STEPS_PER_READ)
                                  .map(losses -> frames(found, entries, losses))));
    }

    private Result frames(List<RunSummary> found, List<LogPage.Entry> entries, RunLosses losses) {
      var frames = new ArrayList<Frame>();
      RunSummary now = found.isEmpty() ? last : found.get(0);
      if (!losses.steps().isEmpty()) {
        List<RunLosses.StepLoss> steps = losses.steps();
        position = new StreamPosition(position.log(), steps.get(steps.size() - 1).step() + 1);
        frames.add(
            new Frame(
                "steps",
                position.toString(),
                new StepLosses(
                    run,
                    steps.stream().map(RunLosses.StepLoss::step).toList(),
                    steps.stream().map(RunLosses.StepLoss::loss).toList(),
                    now.stepsDone(),
                    now.epochsDone())));
      }
      for (LogPage.Entry entry : entries) {
        position = new StreamPosition(entry.id(), position.step());
        frames.add(new Frame("log", position.toString(), entry));
      }
      if (now != null && !now.equals(last)) {
        last = now;
        frames.add(new Frame("run", position.toString(), now));
      }
      return new Result(frames, losses.next() != null || entries.size() == ENTRIES_PER_READ);
    }
  }

  private final class OfExperiment implements Reader {
    /**
     * The summaries as last sent. The oldest entry is dropped, so its run may be sent once more
     * than needed.
     */
    private final Map<String, RunSummary> sent =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, RunSummary> eldest) {
            return size() > 1_000;
          }
        };

    private final String experiment;
    private long position;

    OfExperiment(String experiment, long position) {
      this.experiment = experiment;
      this.position = position;
    }

    @Override
    public Uni<Result> read(Set<String> changed) {
      return log.ofExperiment(experiment, position, ENTRIES_PER_READ)
          .chain(
              entries -> {
                var names = new LinkedHashSet<>(changed);
                entries.forEach(entry -> names.add(entry.run()));
                Uni<List<RunSummary>> inWork =
                    changed.isEmpty() || changed.size() >= Signal.MAX_CHANGED
                        ? runs.running(experiment, RUNS_PER_READ)
                        : Uni.createFrom().item(List.of());
                Uni<List<RunSummary>> named =
                    names.isEmpty() ? Uni.createFrom().item(List.of()) : runs.summaries(names);
                return inWork.chain(
                    running -> named.map(others -> frames(entries, running, others)));
              });
    }

    private Result frames(
        List<LogPage.Entry> entries, List<RunSummary> running, List<RunSummary> named) {
      var frames = new ArrayList<Frame>();
      for (LogPage.Entry entry : entries) {
        position = entry.id();
        frames.add(frame("log", entry));
      }
      for (List<RunSummary> summaries : List.of(running, named)) {
        for (RunSummary summary : summaries) {
          if (!summary.equals(sent.put(summary.run(), summary))) {
            frames.add(frame("run", summary));
          }
        }
      }
      return new Result(frames, entries.size() == ENTRIES_PER_READ);
    }

    private Frame frame(String event, Object data) {
      return new Frame(event, new StreamPosition(position, 0).toString(), data);
    }
  }
}
