package io.millrace.trainer.intake;

import io.millrace.contracts.Check;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.trainer.store.Claim;
import java.util.Objects;
import java.util.Optional;

/**
 * Decides what to do with a record for the run it names. Every run trains exactly once: a
 * redelivered request resumes where the last trainer was, a duplicate changes nothing, and another
 * request with the same id is rejected unless it extends a run that has ended.
 */
final class ClaimRules {
  /**
   * The last delivery that trains; after it a record is put on the queue again, before the broker
   * drops it.
   */
  static final int LAST_TRAINED = TopicProvisioner.DELIVERIES - 3;

  /** What to do with a record. */
  sealed interface Decision {
    /** The claim to write first, if any. */
    default Optional<Claim> claimed() {
      return Optional.empty();
    }

    /** Train, once {@code claim} is written. */
    record Train(Claim claim) implements Decision {
      @Override
      public Optional<Claim> claimed() {
        return Optional.of(claim);
      }
    }

    /** Put the request on the queue again, once {@code claim} is written. */
    record PutBack(Claim claim) implements Decision {
      @Override
      public Optional<Claim> claimed() {
        return Optional.of(claim);
      }
    }

    /**
     * The run was cancelled before any trainer had it; no claim is written.
     *
     * @param reached steps of the run that the request would have extended; 0 for none
     */
    record Cancel(long reached) implements Decision {}

    /** The run has ended; publish its end again. */
    record Repeat(Claim ended) implements Decision {}

    /** Another trainer has the same request, under another record. */
    record Ignore() implements Decision {}

    /** Another trainer has a later delivery of the record. */
    record Late() implements Decision {}

    /**
     * Reject the request: another request has the id, or no run exists to extend.
     *
     * @param field the request's field
     * @param conflict whether a run with that id exists; that run does not change
     */
    record Refuse(String field, String reason, boolean conflict) implements Decision {}

    /** Too many trainers had the run; it fails, once {@code claim} is written. */
    record GiveUp(Claim claim, String reason) implements Decision {
      @Override
      public Optional<Claim> claimed() {
        return Optional.of(claim);
      }
    }
  }

  /**
   * A record that has arrived.
   *
   * @param fresh the claim that it would make, as version 1
   * @param successorOf the record that it replaces, by topic, partition and offset; null for none
   * @param reached the newest checkpoint's step
   * @param cancelled whether a user has cancelled the run since it was requested
   * @param floor the claim's version must be higher
   */
  record Arrival(Claim fresh, String successorOf, long reached, boolean cancelled, int floor) {}

  private final int maxFailures;

  /**
   * @param maxFailures how many consecutive trainers may die over a run without progress; 1 to one
   *     less than {@link TopicProvisioner#DELIVERIES}
   */
  ClaimRules(int maxFailures) {
    this.maxFailures =
        Check.range(
            "millrace.trainer.max-deliveries", maxFailures, 1, TopicProvisioner.DELIVERIES - 1);
  }

  /**
   * Decides what to do with a record.
   *
   * @param current the run's claim, if it has one
   */
  Decision decide(Optional<Claim> current, Arrival arrival) {
    Claim fresh = arrival.fresh;
    if (current.isEmpty()) {
      return fresh.request().isExtension() ? nothingToExtend(fresh) : begin(fresh, arrival);
    }
    Claim claim = current.get();
    boolean same = claim.request().equals(fresh.request());
    if (claim.sameRecord(fresh) && same) {
      return again(claim, arrival);
    }
    if (fresh.request().isExtension() && !(same && claim.end() == null)) {
      return extend(claim, arrival);
    }
    if (!claim.holdsItsId()) {
      return begin(claim.replacedBy(fresh), arrival);
    }
    if (!same && !isPartOf(fresh.request(), claim.request())) {
      return new Decision.Refuse(
          "run",
          Check.quote(fresh.run())
              + " already belongs to another request (it is "
              + claim.state()
              + "); give another run id",
          true);
    }
    return twin(claim, arrival);
  }

  /** Handles another delivery of the claim's record. */
  private Decision again(Claim claim, Arrival arrival) {
    if (claim.end() != null) {
      return new Decision.Repeat(claim);
    }
    return isLate(arrival.fresh, claim)
        ? new Decision.Late()
        : goOn(claim.takenOverBy(arrival.fresh, arrival.reached), arrival);
  }

  /** Handles the same request under another record. */
  private Decision twin(Claim claim, Arrival arrival) {
    if (claim.end() != null) {
      return new Decision.Repeat(claim);
    }
    boolean isElsewhere = !claim.cluster().equals(arrival.fresh.cluster());
    return isElsewhere || claim.record().equals(arrival.successorOf)
        ? goOn(claim.takenOverBy(arrival.fresh, arrival.reached), arrival)
        : new Decision.Ignore();
  }

  private Decision extend(Claim claim, Arrival arrival) {
    Claim fresh = arrival.fresh;
    if (!claim.holdsItsId()) {
      return nothingToExtend(fresh);
    }
    int epochs = claim.request().epochs();
    boolean isCompleted = claim.end() != null && claim.end().state() == Claim.State.COMPLETED;
    if (!claim.request().course().equals(fresh.request().course())) {
      return refuseToExtend(
          fresh, "was trained with another request; only epochs may differ", true);
    }
    boolean isFailed = claim.end() != null && claim.end().state() == Claim.State.FAILED;
    // A failed extension leaves the run as it was before.
    if (claim.end() == null || isFailed && !claim.request().isExtension()) {
      return refuseToExtend(
          fresh, "is " + claim.state() + "; a COMPLETED or CANCELLED run can be extended", true);
    }
    if (isCompleted && fresh.request().epochs() == epochs) {
      return new Decision.Repeat(claim);
    }
    if (fresh.request().epochs() < epochs) {
      return refuseToExtend(
          fresh, "already has " + Check.count(epochs, "epoch") + "; give more", true);
    }
    return begin(claim.replacedBy(fresh), arrival);
  }

  private static Decision nothingToExtend(Claim fresh) {
    return refuseToExtend(fresh, "is not a known run; leave out extend to train it", false);
  }

  private static Decision refuseToExtend(Claim fresh, String reason, boolean conflict) {
    return new Decision.Refuse("extend", Check.quote(fresh.run()) + " " + reason, conflict);
  }

  /** Whether a request is the one that was later extended, delivered again. */
  private static boolean isPartOf(TrainingRequest request, TrainingRequest extended) {
    return extended.isExtension()
        && request.course().equals(extended.course())
        && request.epochs() <= extended.epochs();
  }

  /** A delivery belongs to one trainer, which may resume it after a problem of its own. */
  private static boolean isLate(Claim fresh, Claim claim) {
    return fresh.delivery() < claim.delivery()
        || fresh.delivery().equals(claim.delivery())
            && !Objects.equals(fresh.trainer(), claim.trainer());
  }

  /** Handles a run that no trainer has had. */
  private Decision begin(Claim claim, Arrival arrival) {
    return arrival.cancelled ? new Decision.Cancel(arrival.reached) : goOn(claim, arrival);
  }

  private Decision goOn(Claim next, Arrival arrival) {
    Claim claim = next.above(arrival.floor);
    if (claim.failures() >= maxFailures) {
      return new Decision.GiveUp(
          claim,
          claim.failures()
              + " trainers in a row stopped or died without progress beyond step "
              + claim.step()
              + "; see their logs, then submit the request with another run id");
    }
    return claim.delivery() > LAST_TRAINED
        ? new Decision.PutBack(claim)
        : new Decision.Train(claim);
  }
}
