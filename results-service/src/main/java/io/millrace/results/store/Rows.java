package io.millrace.results.store;

import io.millrace.contracts.dataset.DataNotes;
import io.millrace.contracts.event.RefusedBy;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.request.TrainingRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rows of a batch of Kafka records, written in one transaction. Every row may be written again,
 * and rows of different runs may be written in any order.
 *
 * <p>{@code claim} is the version of the trainer's claim on the run; null if it had none. All rows
 * of a run have the same claim, and are ignored if a later claim is known.
 *
 * @param turns state changes of runs, in the order of their records
 * @param progress at most one per run
 * @param steps in any order; of two for the same step the later one in the list counts
 * @param epochs at most one per run and epoch
 * @param evaluations at most one per run
 * @param rejections each once
 * @param log entries, in the order of the records
 */
public record Rows(
    List<Turn> turns,
    List<Progress> progress,
    List<Steps> steps,
    List<EpochRow> epochs,
    List<EvaluationRow> evaluations,
    List<RejectionRow> rejections,
    List<LogRow> log) {

  public Rows {
    turns = List.copyOf(turns);
    progress = List.copyOf(progress);
    steps = List.copyOf(steps);
    epochs = List.copyOf(epochs);
    evaluations = List.copyOf(evaluations);
    rejections = List.copyOf(rejections);
    log = List.copyOf(log);
  }

  /** The rows of a single turn. */
  public static Rows of(Turn turn) {
    return new Rows(
        List.of(turn), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
  }

  /** Whether there is nothing to write. */
  public boolean isEmpty() {
    return turns.isEmpty()
        && progress.isEmpty()
        && steps.isEmpty()
        && epochs.isEmpty()
        && evaluations.isEmpty()
        && rejections.isEmpty()
        && log.isEmpty();
  }

  /** The runs that the rows belong to. */
  Set<String> runs() {
    var runs = new TreeSet<String>();
    turns.forEach(turn -> runs.add(turn.run()));
    progress.forEach(reached -> runs.add(reached.run()));
    return runs;
  }

  /** The runs whose metrics, by which lists are sorted, may have changed. */
  List<String> measured() {
    var runs = new TreeSet<String>();
    epochs.forEach(row -> runs.add(row.run()));
    evaluations.forEach(row -> runs.add(row.run()));
    turns.stream().filter(Ended.class::isInstance).forEach(turn -> runs.add(turn.run()));
    return List.copyOf(runs);
  }

  /** The runs that may train again. */
  List<String> reopened() {
    return turns.stream()
        .filter(turn -> turn instanceof Queued || turn instanceof Started)
        .map(Turn::run)
        .distinct()
        .toList();
  }

  /** A run changes its state, or becomes known. */
  public sealed interface Turn {
    /** The run. */
    String run();
  }

  /**
   * A request was accepted.
   *
   * @param at the time of its record, by the broker's clock
   * @param place of its record, with the cluster
   * @param owner who submitted it; null if authentication is off
   */
  public record Queued(String run, Instant at, TrainingRequest request, String place, String owner)
      implements Turn {}

  /** The reason of a run that a user cancelled. */
  public static final String CANCELLED = "cancelled by a user";

  /**
   * A user cancelled the run before a trainer started it.
   *
   * @param reason a message for the user
   */
  public record Withdrawn(String run, Instant at, String reason) implements Turn {
    /** A cancellation with the usual reason. */
    public Withdrawn(String run, Instant at) {
      this(run, at, CANCELLED);
    }
  }

  /** A trainer started the run; the fields are those of the event. */
  public record Started(
      String run,
      Integer claim,
      Instant at,
      TrainingRequest request,
      String trainer,
      Integer delivery,
      String device,
      Integer stepsPerEpoch,
      Map<String, Integer> samples,
      String validationPart,
      Layers layers,
      Long parameters,
      Long resumedAtStep,
      String datasetFingerprint,
      DataNotes dataNotes)
      implements Turn {}

  /**
   * A user archived or restored the run.
   *
   * @param at the broker's time of the event
   */
  public record Archived(String run, Instant at, boolean archived) implements Turn {}

  /**
   * A user deleted the run.
   *
   * @param at the broker's time of the event
   */
  public record Deleted(String run, Instant at) implements Turn {}

  /**
   * A user changed the run's note or tags.
   *
   * @param note Markdown; empty to delete it; null to keep it
   * @param tags the new tags; null to keep them
   */
  public record Noted(String run, String note, List<String> tags) implements Turn {}

  /** The layers of the summary, in an object, because the JSON column contains an object. */
  public record Layers(List<?> layers) {}

  /**
   * The run ended. It changes the run only if its progress exceeds the known progress.
   *
   * @param failedAtStep where it failed or was cancelled; null if unknown
   * @param epochs trained; null if unknown
   * @param steps trained; null if unknown
   * @param stoppedEarly whether a callback ended it before its last epoch; null if it had no such
   *     callback
   * @param bestEpoch by the callback that decides it; null if there is none
   * @param request of a rejected one, as received, if it is a JSON object
   * @param experiment of a rejected request, if it names one
   * @param variant of a rejected request, if it names one
   */
  public record Ended(
      String run,
      Integer claim,
      Instant at,
      RunState state,
      int progress,
      String reason,
      Long failedAtStep,
      Integer epochs,
      Long steps,
      Double seconds,
      String model,
      Long modelBytes,
      String modelSha256,
      Boolean stoppedEarly,
      Integer bestEpoch,
      Object request,
      String experiment,
      String variant)
      implements Turn {

    /** The run completed. */
    public static Ended completed(
        String run,
        Integer claim,
        Instant at,
        Integer epochs,
        Long steps,
        Double seconds,
        String model,
        Long modelBytes,
        String modelSha256,
        Boolean stoppedEarly,
        Integer bestEpoch) {
      return new Ended(
          run,
          claim,
          at,
          RunState.COMPLETED,
          RunState.COMPLETED.progress(),
          null,
          null,
          epochs,
          steps,
          seconds,
          model,
          modelBytes,
          modelSha256,
          stoppedEarly,
          bestEpoch,
          null,
          null,
          null);
    }

    /** The run failed or was cancelled. */
    public static Ended badly(
        String run, Integer claim, Instant at, RunState state, String reason, Long step) {
      return new Ended(
          run,
          claim,
          at,
          state,
          state.progress(),
          reason,
          step,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null);
    }

    /**
     * A request was rejected. If it conflicts with another request of the same id, the existing run
     * stays unchanged.
     */
    public static Ended rejected(RunRejected refused, Integer claim) {
      int progress = refused.conflict() ? RunState.CONFLICT_PROGRESS : RunState.REJECTED.progress();
      return new Ended(
          refused.run(),
          claim,
          refused.at(),
          RunState.REJECTED,
          progress,
          refused.reason(),
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          refused.request(),
          refused.experiment(),
          refused.variant());
    }
  }

  /**
   * The progress that a run has made at least.
   *
   * @param at the earliest time of its events in the batch
   */
  public record Progress(String run, Integer claim, Instant at, int epochsDone, long stepsDone) {}

  /** Losses of consecutive steps of one epoch; null: not finite. */
  public record Steps(String run, Integer claim, int epoch, long firstStep, List<Double> losses) {

    /** The step after the last one. */
    long end() {
      return firstStep + losses.size();
    }
  }

  /** The end of an epoch. */
  public record EpochRow(
      String run,
      Integer claim,
      Instant at,
      int epoch,
      long step,
      Double seconds,
      Double samplesPerSecond,
      Double dataWaitSeconds,
      Map<String, Double> metrics) {}

  /**
   * The evaluation on the test samples; the last six fields are those of the event, null if absent.
   */
  public record EvaluationRow(
      String run,
      Integer claim,
      Instant at,
      Integer samples,
      Map<String, Double> metrics,
      Object baseline,
      Object confusion,
      Object prediction,
      Object seasonalBaseline,
      String answers,
      String answersLeftOut) {}

  /** A rejected request; the fields are those of the event. */
  public record RejectionRow(
      String run, Instant at, String field, String reason, boolean conflict, RefusedBy refusedBy) {}

  /**
   * A log entry of a run.
   *
   * @param place identifies the entry if it is delivered again: for a request the place of its
   *     record, {@code topic-partition@offset}; for an event, which may be published twice, a
   *     digest
   * @param type {@code queued}, {@code started}, {@code epoch-completed}, …
   * @param text one sentence for the user
   * @param body the event's own fields
   */
  public record LogRow(
      String run, Integer claim, String place, Instant at, String type, String text, Object body) {}
}
