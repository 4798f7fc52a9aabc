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
 * What a batch of Kafka records makes of the tables, written in one transaction. Every row may be
 * written again, and rows of different runs in any order.
 *
 * <p>{@code claim} is the version of the claim under which a trainer had the run; null where it had
 * none. Rows of a run are of one claim, and do not count where a later one is known of it.
 *
 * @param turns of runs from state to state, in the order of their records
 * @param progress at most one per run
 * @param steps in any order; of two for the same step the later one in the list counts
 * @param epochs at most one per run and epoch
 * @param evaluations at most one per run
 * @param rejections each once
 * @param log what happened, in the order of the records
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

  /** One turn alone. */
  public static Rows of(Turn turn) {
    return new Rows(
        List.of(turn), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
  }

  /** Whether nothing is to be written. */
  public boolean isEmpty() {
    return turns.isEmpty()
        && progress.isEmpty()
        && steps.isEmpty()
        && epochs.isEmpty()
        && evaluations.isEmpty()
        && rejections.isEmpty()
        && log.isEmpty();
  }

  /** The runs that the rows are of. */
  Set<String> runs() {
    var runs = new TreeSet<String>();
    turns.forEach(turn -> runs.add(turn.run()));
    progress.forEach(reached -> runs.add(reached.run()));
    return runs;
  }

  /** The runs whose numbers, by which lists are sorted, may have changed. */
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

  /** A run comes into another state, or becomes known. */
  public sealed interface Turn {
    /** The run. */
    String run();
  }

  /**
   * A request was accepted.
   *
   * @param at the time of its record, by the broker's clock
   * @param place of its record, with the cluster
   * @param owner who submitted it; null where nobody was asked
   */
  public record Queued(String run, Instant at, TrainingRequest request, String place, String owner)
      implements Turn {}

  /** Why a run ended that a user cancelled. */
  public static final String CANCELLED = "cancelled by a user";

  /**
   * A user cancelled the run, and no trainer had taken it up.
   *
   * @param reason in words for the user
   */
  public record Withdrawn(String run, Instant at, String reason) implements Turn {
    /** With the reason that there is. */
    public Withdrawn(String run, Instant at) {
      this(run, at, CANCELLED);
    }
  }

  /** A trainer took the run up; see the event of the same fields. */
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
   * A user hid the run, or showed it again.
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
   * A user wrote of the run.
   *
   * @param note Markdown; empty: none any more; null: as before
   * @param tags in place of those that it had; null: as before
   */
  public record Noted(String run, String note, List<String> tags) implements Turn {}

  /** The summary's lines, in an object: a column of JSON holds one. */
  public record Layers(List<?> layers) {}

  /**
   * The run ended. Only an end that reaches further than what is known of the run changes it.
   *
   * @param failedAtStep where it failed or was cancelled; null where unknown
   * @param epochs trained, null where unknown; steps likewise
   * @param stoppedEarly whether a callback ended it before its last epoch; null where none could
   * @param bestEpoch by the callback that counts; null where there is none
   * @param request of a rejected one, as it came, where it is a JSON object; experiment and variant
   *     likewise, where it names them
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
     * A request was rejected. Where that is a conflict with another request under the same id, a
     * run that exists stays as it is.
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
   * A run has come this far at least.
   *
   * @param at the earliest time at which anything happened to it, as far as the batch knows
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

  /** The evaluation on the test part; the last six as in the event, null where absent. */
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

  /** A refused request; field, reason and who refused it as in the event. */
  public record RejectionRow(
      String run, Instant at, String field, String reason, boolean conflict, RefusedBy refusedBy) {}

  /**
   * Something that happened to a run.
   *
   * @param place by which it is known when it comes again: of a request its record's, {@code
   *     topic-partition@offset}; of an event, which may be published twice, a digest
   * @param type {@code queued}, {@code started}, {@code epoch-completed}, …
   * @param text one sentence for people
   * @param body the event's own fields
   */
  public record LogRow(
      String run, Integer claim, String place, Instant at, String type, String text, Object body) {}
}
