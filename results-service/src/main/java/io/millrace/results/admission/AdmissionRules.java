package io.millrace.results.admission;

import io.millrace.contracts.Check;
import io.millrace.contracts.request.InitialWeights;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.results.admission.Decision.Extend;
import io.millrace.results.admission.Decision.Move;
import io.millrace.results.admission.Decision.Nothing;
import io.millrace.results.admission.Decision.Queue;
import io.millrace.results.admission.Decision.Refuse;
import io.millrace.results.store.RunState;
import java.util.function.Function;

/**
 * What a request means for the run that it names: one id is one run, the same request again changes
 * nothing, another one under the id is refused, unless it extends a run that has ended.
 */
final class AdmissionRules {
  private AdmissionRules() {}

  /**
   * Decides.
   *
   * @param known null where no run of the id is known
   * @param place of the request's record; null where it has none yet, and only the answer is wanted
   */
  static Decision decide(TrainingRequest asked, KnownRun known, RequestPlace place) {
    if (place != null && known != null && place.id().equals(known.place())) {
      return again(asked, known);
    }
    if (known == null || known.state() == RunState.REJECTED) {
      return fresh(asked, known, place);
    }
    boolean same = SameRequest.is(asked, known.request());
    if (asked.isExtension() && !(same && isInWork(known))) {
      return extend(asked, known);
    }
    if (same || SameRequest.isPartOf(asked, known.request())) {
      return place != null && known.place() == null && isInWork(known) ? new Move() : new Nothing();
    }
    return new Refuse(
        "run",
        Check.quote(asked.run())
            + " already belongs to another request (it is "
            + known.state()
            + "); give another run id",
        true);
  }

  /**
   * A verdict once it is known what the run starts from: a new run is refused where that has no
   * weights.
   *
   * @param known what is known of a run; null for nothing
   */
  static Decision withWeights(
      Decision verdict, TrainingRequest asked, Function<String, KnownRun> known) {
    InitialWeights weights = asked.initialWeights();
    boolean isNew = verdict instanceof Queue queue && queue.isNew();
    if (!isNew || weights == null || weights.run() == null) {
      return verdict;
    }
    KnownRun source = known.apply(weights.run());
    if (source != null && source.state() == RunState.COMPLETED) {
      return verdict;
    }
    return new Refuse(
        "initial_weights.run",
        Check.quote(weights.run())
            + (source == null
                ? " is not known here; give a run that is COMPLETED"
                : " is " + source.state() + "; give a run that is COMPLETED"),
        false);
  }

  /** The record was admitted before, and what followed from that was perhaps not published. */
  private static Decision again(TrainingRequest asked, KnownRun known) {
    if (!asked.isExtension()) {
      return new Queue(false);
    }
    return known.extending() ? new Extend() : new Nothing();
  }

  private static Decision fresh(TrainingRequest asked, KnownRun known, RequestPlace place) {
    if (asked.isExtension()) {
      return refuseToExtend(asked, "is not known here; leave extend out to train it", false);
    }
    // Of before the desk: its trainer has refused this very record.
    boolean wasRefused = known != null && place != null && place.at().equals(known.endedAt());
    return wasRefused ? new Nothing() : new Queue(true);
  }

  private static Decision extend(TrainingRequest asked, KnownRun known) {
    int epochs = SameRequest.epochs(known.request());
    if (!SameRequest.isSameCourse(asked, known.request())) {
      return refuseToExtend(
          asked, "was trained with another request; only epochs may differ from that", true);
    }
    if (known.extending()) {
      return refuseToExtend(asked, "is being extended already; wait for that", true);
    }
    boolean isFirstFailure =
        known.state() == RunState.FAILED && !SameRequest.isExtension(known.request());
    if (isInWork(known) || isFirstFailure) {
      return refuseToExtend(
          asked, "is " + known.state() + "; a run that is COMPLETED or CANCELLED can be", true);
    }
    if (!known.hasStarted()) {
      return refuseToExtend(
          asked, "was cancelled before it began; train it under another id, without extend", true);
    }
    if (known.state() == RunState.COMPLETED && asked.epochs() == epochs) {
      return new Nothing();
    }
    return asked.epochs() < epochs
        ? refuseToExtend(
            asked,
            "has " + Check.count(epochs, "epoch") + " already; give more epochs than that",
            true)
        : new Extend();
  }

  private static boolean isInWork(KnownRun known) {
    return known.state() == RunState.QUEUED || known.state() == RunState.RUNNING;
  }

  private static Refuse refuseToExtend(TrainingRequest asked, String reason, boolean conflict) {
    return new Refuse("extend", Check.quote(asked.run()) + " " + reason, conflict);
  }
}
