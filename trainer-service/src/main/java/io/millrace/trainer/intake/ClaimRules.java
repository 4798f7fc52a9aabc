package io.millrace.trainer.intake;

import io.millrace.contracts.Check;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.trainer.store.Claim;
import java.util.Objects;
import java.util.Optional;

/**
 * What a record means for the run that it names. Every run trains exactly once: a redelivered
 * request goes on where the last trainer was, a duplicate changes nothing, another request under
 * the same id is refused, unless it extends a run that has ended.
 */
final class ClaimRules {
  /** From this delivery on a record is put on the queue again, before the broker drops it. */
  static final int LAST_TRAINED = TopicProvisioner.DELIVERIES - 3;

  /** What to do with a record. */
  sealed interface Decision {
    /** The claim that has to be written first, where there is one. */
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
     * Cancelled before any trainer had it: no claim is written.
     *
     * @param reached steps of the run that it would have extended; 0 for none
     */
    record Cancel(long reached) implements Decision {}

    /** Nothing is left but to tell the end again. */
    record Repeat(Claim ended) implements Decision {}

    /** The same request is in other hands, under another record. */
    record Ignore() implements Decision {}

    /** A later delivery of the record is in other hands. */
    record Late() implements Decision {}

    /**
     * It cannot be: another request has the id, or there is nothing to extend.
     *
     * @param field of the request
     * @param conflict whether there is a run of that id, which stays what it is
     */
    record Refuse(String field, String reason, boolean conflict) implements Decision {}

    /** Too many trainers had it; the run fails, once {@code claim} is written. */
    record GiveUp(Claim claim, String reason) implements Decision {
      @Override
      public Optional<Claim> claimed() {
        return Optional.of(claim);
      }
    }
  }

  /**
   * A record that has come.
   *
   * @param fresh the claim that it would make, as version 1
   * @param successorOf the place of the record that it stands for; null for none
   * @param reached the step of the run's newest checkpoint
   * @param cancelled whether a user has cancelled it since it was asked for
   * @param floor its claim has to have a higher version
   */
  record Arrival(Claim fresh, String successorOf, long reached, boolean cancelled, int floor) {}

  private final int maxFailures;

  /**
   * @param maxFailures how many trainers in a row may die over a run without its getting any
   *     further; 1 to one less than {@link TopicProvisioner#DELIVERIES}
   */
  ClaimRules(int maxFailures) {
    this.maxFailures =
        Check.range(
            "millrace.trainer.max-deliveries", maxFailures, 1, TopicProvisioner.DELIVERIES - 1);
  }

  /**
   * Decides.
   *
   * @param current the run's claim, if there is one
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

  /** Another delivery of the record that the claim comes from. */
  private Decision again(Claim claim, Arrival arrival) {
    if (claim.end() != null) {
      return new Decision.Repeat(claim);
    }
    return isLate(arrival.fresh, claim)
        ? new Decision.Late()
        : goOn(claim.takenOverBy(arrival.fresh, arrival.reached), arrival);
  }

  /** The same request under another record. */
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
          fresh, "was trained with another request; only epochs may differ from that", true);
    }
    boolean isFailed = claim.end() != null && claim.end().state() == Claim.State.FAILED;
    // Where an extension failed, what it went on from is still there.
    if (claim.end() == null || isFailed && !claim.request().isExtension()) {
      return refuseToExtend(
          fresh, "is " + claim.state() + "; a run that is COMPLETED or CANCELLED can be", true);
    }
    if (isCompleted && fresh.request().epochs() == epochs) {
      return new Decision.Repeat(claim);
    }
    if (fresh.request().epochs() < epochs) {
      return refuseToExtend(
          fresh,
          "has " + Check.count(epochs, "epoch") + " already; give more epochs than that",
          true);
    }
    return begin(claim.replacedBy(fresh), arrival);
  }

  private static Decision nothingToExtend(Claim fresh) {
    return refuseToExtend(fresh, "is not known here; leave extend out to train it", false);
  }

  private static Decision refuseToExtend(Claim fresh, String reason, boolean conflict) {
    return new Decision.Refuse("extend", Check.quote(fresh.run()) + " " + reason, conflict);
  }

  /** Whether a request is the one that was extended to another, told again. */
  private static boolean isPartOf(TrainingRequest request, TrainingRequest extended) {
    return extended.isExtension()
        && request.course().equals(extended.course())
        && request.epochs() <= extended.epochs();
  }

  /**
   * A delivery is one trainer's alone; that trainer may go on with it after a trouble of its own.
   */
  private static boolean isLate(Claim fresh, Claim claim) {
    return fresh.delivery() < claim.delivery()
        || fresh.delivery().equals(claim.delivery())
            && !Objects.equals(fresh.trainer(), claim.trainer());
  }

  /** Nobody has had it before. */
  private Decision begin(Claim claim, Arrival arrival) {
    return arrival.cancelled ? new Decision.Cancel(arrival.reached) : goOn(claim, arrival);
  }

  private Decision goOn(Claim next, Arrival arrival) {
    Claim claim = next.above(arrival.floor);
    if (claim.failures() >= maxFailures) {
      return new Decision.GiveUp(
          claim,
          claim.failures()
              + " trainers in a row stopped or died over it without getting any further than step "
              + claim.step()
              + "; see their logs, then publish it under another run id");
    }
    return claim.delivery() > LAST_TRAINED
        ? new Decision.PutBack(claim)
        : new Decision.Train(claim);
  }
}
