package io.millrace.trainer.intake;

import io.millrace.contracts.Check;
import io.millrace.contracts.kafka.TopicProvisioner;
import io.millrace.trainer.store.Claim;
import java.util.Objects;
import java.util.Optional;

/**
 * What a record means for the run that it names. Every run trains exactly once: a redelivered
 * request goes on where the last trainer was, a duplicate changes nothing, another request under
 * the same id is refused.
 */
final class ClaimRules {

  /** What to do with a record. */
  sealed interface Decision {
    /** Train, once {@code claim} is written. */
    record Train(Claim claim) implements Decision {}

    /** Nothing is left but to tell the end again. */
    record Repeat(Claim ended) implements Decision {}

    /** The same request is in other hands, under another record. */
    record Ignore() implements Decision {}

    /** A later delivery of the record is in other hands. */
    record Late() implements Decision {}

    /** Another request has the id. */
    record Conflict(String reason) implements Decision {}

    /** Too many trainers had it; the run fails, once {@code claim} is written. */
    record GiveUp(Claim claim, String reason) implements Decision {}
  }

  private final int maxAttempts;

  /**
   * @param maxAttempts how many trainers may try a run, those not counted that gave it back in good
   *     order; 1 to one less than {@link TopicProvisioner#DELIVERIES}
   */
  ClaimRules(int maxAttempts) {
    this.maxAttempts =
        Check.range(
            "millrace.trainer.max-deliveries", maxAttempts, 1, TopicProvisioner.DELIVERIES - 1);
  }

  /**
   * Decides.
   *
   * @param current the run's claim, if there is one
   * @param fresh the claim that the record would make, as version 1
   */
  Decision decide(Optional<Claim> current, Claim fresh) {
    if (current.isEmpty()) {
      return trainOrGiveUp(fresh);
    }
    Claim claim = current.get();
    if (claim.sameRecord(fresh) && claim.request().equals(fresh.request())) {
      if (claim.end() != null) {
        return new Decision.Repeat(claim);
      }
      return isLate(fresh, claim) ? new Decision.Late() : trainOrGiveUp(claim.takenOverBy(fresh));
    }
    if (!claim.holdsItsId()) {
      return trainOrGiveUp(claim.replacedBy(fresh));
    }
    if (!claim.request().equals(fresh.request())) {
      return new Decision.Conflict(
          Check.quote(fresh.run())
              + " already belongs to another request (it is "
              + claim.state()
              + "); give another run id");
    }
    if (claim.end() != null) {
      return new Decision.Repeat(claim);
    }
    return claim.cluster().equals(fresh.cluster())
        ? new Decision.Ignore()
        : trainOrGiveUp(claim.takenOverBy(fresh));
  }

  /**
   * A delivery is one trainer's alone; that trainer may go on with it after a trouble of its own.
   */
  private static boolean isLate(Claim fresh, Claim claim) {
    return fresh.delivery() < claim.delivery()
        || fresh.delivery().equals(claim.delivery())
            && !Objects.equals(fresh.trainer(), claim.trainer());
  }

  /** The broker drops a record after its last delivery: that one only tells the end. */
  private Decision trainOrGiveUp(Claim claim) {
    return claim.attempts() <= maxAttempts && claim.delivery() < TopicProvisioner.DELIVERIES
        ? new Decision.Train(claim)
        : new Decision.GiveUp(
            claim,
            "was given to trainers "
                + (claim.delivery() - 1)
                + " times and none finished it: each stopped or died on the way; see their logs,"
                + " then publish it under another run id");
  }
}
