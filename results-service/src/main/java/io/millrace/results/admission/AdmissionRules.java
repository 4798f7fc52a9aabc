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
 * Decides what a request does to the run that it names. One id means one run. Sending the same
 * request again changes nothing. Another request with the same id is rejected, unless it extends a
 * run that has ended.
 */
final class AdmissionRules {
  private AdmissionRules() {}

  /**
   * The decision for a request.
   *
   * @param known null if no run with the id is known
   * @param place of the request's record; null if it is only being checked and has no record
   */
  static Decision decide(TrainingRequest request, KnownRun known, RequestPlace place) {
    if (place != null && known != null && place.id().equals(known.place())) {
      return redelivered(request, known);
    }
    if (known == null || known.state() == RunState.REJECTED) {
      return fresh(request, known, place);
    }
    boolean same = SameRequest.is(request, known.request());
    if (request.isExtension() && !(same && isInWork(known))) {
      return extend(request, known);
    }
    if (same || SameRequest.isRepeatedAfterExtension(request, known.request())) {
      return place != null && known.place() == null && isInWork(known) ? new Move() : new Nothing();
    }
    return new Refuse(
        "run",
        Check.quote(request.run())
            + " already belongs to another request (it is "
            + known.state()
            + "); give another run id",
        true);
  }

  /**
   * The decision after a check of the initial weights: a new run is rejected if the run that it
   * starts from has no trained weights.
   *
   * @param known looks up a run; null if it is unknown
   */
  static Decision withWeights(
      Decision decision, TrainingRequest request, Function<String, KnownRun> known) {
    InitialWeights weights = request.initialWeights();
    boolean isNew = decision instanceof Queue queue && queue.isNew();
    if (!isNew || weights == null || weights.run() == null) {
      return decision;
    }
    KnownRun source = known.apply(weights.run());
    if (source != null && source.state() == RunState.COMPLETED) {
      return decision;
    }
    return new Refuse(
        "initial_weights.run",
        Check.quote(weights.run())
            + (source == null
                ? " is not a known run; give a COMPLETED run"
                : " is " + source.state() + "; give a COMPLETED run"),
        false);
  }

  /** For a record that was admitted before, but whose answer may not have been published. */
  private static Decision redelivered(TrainingRequest request, KnownRun known) {
    if (!request.isExtension()) {
      return new Queue(false);
    }
    return known.extending() ? new Extend() : new Nothing();
  }

  private static Decision fresh(TrainingRequest request, KnownRun known, RequestPlace place) {
    if (request.isExtension()) {
      return rejectExtension(request, "is not a known run; leave out extend to train it", false);
    }
    // In versions before admission, a trainer rejected this same record.
    boolean wasRejected = known != null && place != null && place.at().equals(known.endedAt());
    return wasRejected ? new Nothing() : new Queue(true);
  }

  private static Decision extend(TrainingRequest request, KnownRun known) {
    int epochs = SameRequest.epochs(known.request());
    if (!SameRequest.hasSameSteps(request, known.request())) {
      return rejectExtension(
          request, "was trained with another request; only epochs may differ", true);
    }
    if (known.extending()) {
      return rejectExtension(request, "is already being extended; wait until that ends", true);
    }
    boolean isFirstFailure =
        known.state() == RunState.FAILED && !SameRequest.isExtension(known.request());
    if (isInWork(known) || isFirstFailure) {
      return rejectExtension(
          request, "is " + known.state() + "; a COMPLETED or CANCELLED run can be extended", true);
    }
    if (!known.hasStarted()) {
      return rejectExtension(
          request,
          "was cancelled before it started; train it under another id, without extend",
          true);
    }
    if (known.state() == RunState.COMPLETED && request.epochs() == epochs) {
      return new Nothing();
    }
    return request.epochs() < epochs
        ? rejectExtension(
            request, "already has " + Check.count(epochs, "epoch") + "; give more", true)
        : new Extend();
  }

  private static boolean isInWork(KnownRun known) {
    return known.state() == RunState.QUEUED || known.state() == RunState.RUNNING;
  }

  private static Refuse rejectExtension(TrainingRequest request, String reason, boolean conflict) {
    return new Refuse("extend", Check.quote(request.run()) + " " + reason, conflict);
  }
}
