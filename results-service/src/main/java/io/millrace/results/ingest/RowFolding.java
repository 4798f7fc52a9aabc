package io.millrace.results.ingest;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.event.TrainingEvent.EpochCompleted;
import io.millrace.contracts.event.TrainingEvent.RunArchived;
import io.millrace.contracts.event.TrainingEvent.RunCancelled;
import io.millrace.contracts.event.TrainingEvent.RunCompleted;
import io.millrace.contracts.event.TrainingEvent.RunDeleted;
import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.event.TrainingEvent.RunFailed;
import io.millrace.contracts.event.TrainingEvent.RunQueued;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.event.TrainingEvent.RunStarted;
import io.millrace.contracts.event.TrainingEvent.StepsCompleted;
import io.millrace.results.store.Rows;
import io.millrace.results.store.RunState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Folds events into rows, so that no statement contains the same row twice. */
final class RowFolding {
  private final List<Rows.Turn> turns = new ArrayList<>();
  private final Map<String, Rows.Progress> progress = new TreeMap<>();
  private final List<Rows.Steps> steps = new ArrayList<>();
  private final Map<List<Object>, Rows.EpochRow> epochs = new LinkedHashMap<>();
  private final Map<String, Rows.EvaluationRow> evaluations = new LinkedHashMap<>();
  private final List<Rows.RejectionRow> rejections = new ArrayList<>();
  private final List<Rows.LogRow> log = new ArrayList<>();

  private RowFolding() {}

  /**
   * The rows of the events, which are in the order of their records. All events of a run have the
   * same claim.
   */
  static Rows fold(List<ReceivedEvent> events) {
    var folding = new RowFolding();
    for (ReceivedEvent received : events) {
      folding.add(received.event(), received.claim());
      folding.housekeep(received);
      LogLines.of(received).ifPresent(folding.log::add);
    }
    return new Rows(
        folding.turns,
        List.copyOf(folding.progress.values()),
        folding.steps,
        List.copyOf(folding.epochs.values()),
        List.copyOf(folding.evaluations.values()),
        folding.rejections,
        folding.log);
  }

  private void add(TrainingEvent event, Integer claim) {
    if (event instanceof RunQueued queued) {
      turns.add(
          new Rows.Queued(
              queued.run(), queued.at(), queued.request(), queued.place(), queued.owner()));
    } else if (event instanceof RunStarted started) {
      turns.add(started(started, claim));
    } else if (event instanceof StepsCompleted completed) {
      long done = Math.addExact(completed.firstStep(), completed.losses().size());
      reached(completed.run(), claim, completed.at(), 0, done);
      steps.add(
          new Rows.Steps(
              completed.run(),
              claim,
              completed.epoch(),
              completed.firstStep(),
              completed.losses()));
    } else if (event instanceof EpochCompleted completed) {
      reached(completed.run(), claim, completed.at(), completed.epoch() + 1, completed.step());
      epochs.put(List.of(completed.run(), completed.epoch()), epoch(completed, claim));
    } else if (event instanceof RunEvaluated evaluated) {
      reached(evaluated.run(), claim, evaluated.at(), 0, 0);
      evaluations.put(
          evaluated.run(),
          new Rows.EvaluationRow(
              evaluated.run(),
              claim,
              evaluated.at(),
              evaluated.samples(),
              evaluated.metrics(),
              evaluated.baseline(),
              evaluated.confusion(),
              evaluated.prediction(),
              evaluated.seasonalBaseline(),
              evaluated.answers(),
              evaluated.answersLeftOut()));
    } else if (event instanceof RunCompleted end) {
      turns.add(
          Rows.Ended.completed(
              end.run(),
              claim,
              end.at(),
              end.epochs(),
              end.steps(),
              finite(end.seconds()),
              end.model(),
              end.modelBytes(),
              end.modelSha256(),
              end.stoppedEarly(),
              end.bestEpoch()));
    } else if (event instanceof RunFailed end) {
      turns.add(
          Rows.Ended.badly(end.run(), claim, end.at(), RunState.FAILED, end.reason(), end.step()));
    } else if (event instanceof RunCancelled end && claim == null && end.step() == null) {
      turns.add(new Rows.Withdrawn(end.run(), end.at()));
    } else if (event instanceof RunCancelled end) {
      turns.add(
          Rows.Ended.badly(
              end.run(), claim, end.at(), RunState.CANCELLED, Rows.CANCELLED, end.step()));
    } else if (event instanceof RunRejected refused) {
      turns.add(Rows.Ended.rejected(refused, claim));
      rejections.add(
          new Rows.RejectionRow(
              refused.run(),
              refused.at(),
              refused.field(),
              refused.reason(),
              refused.conflict(),
              refused.refusedBy()));
    }
  }

  /**
   * Adds what users did with runs that have ended. The broker's timestamps decide which action is
   * the latest.
   */
  private void housekeep(ReceivedEvent received) {
    if (received.event() instanceof RunArchived put) {
      turns.add(new Rows.Archived(put.run(), received.publishedAt(), put.archived()));
    } else if (received.event() instanceof RunDeleted gone) {
      turns.add(new Rows.Deleted(gone.run(), received.publishedAt()));
    }
  }

  private static Rows.Started started(RunStarted event, Integer claim) {
    return new Rows.Started(
        event.run(),
        claim,
        event.at(),
        event.request(),
        event.trainer(),
        event.delivery(),
        event.device(),
        event.stepsPerEpoch(),
        event.samples(),
        event.validationPart(),
        new Rows.Layers(event.layers()),
        event.parameters(),
        event.resumedAtStep(),
        event.datasetFingerprint(),
        event.dataNotes());
  }

  private static Rows.EpochRow epoch(EpochCompleted event, Integer claim) {
    return new Rows.EpochRow(
        event.run(),
        claim,
        event.at(),
        event.epoch(),
        event.step(),
        event.seconds(),
        event.samplesPerSecond(),
        event.dataWaitSeconds(),
        event.metrics());
  }

  private void reached(String run, Integer claim, Instant at, int epochsDone, long stepsDone) {
    progress.merge(
        run,
        new Rows.Progress(run, claim, at, epochsDone, stepsDone),
        (a, b) ->
            new Rows.Progress(
                run,
                a.claim() == null ? b.claim() : a.claim(),
                a.at().isBefore(b.at()) ? a.at() : b.at(),
                Math.max(a.epochsDone(), b.epochsDone()),
                Math.max(a.stepsDone(), b.stepsDone())));
  }

  private static Double finite(Double value) {
    return value == null || !Double.isFinite(value) ? null : value;
  }
}
