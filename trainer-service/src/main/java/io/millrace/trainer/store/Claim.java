package io.millrace.trainer.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import io.millrace.contracts.request.TrainingRequest;
import java.time.Duration;
import java.time.Instant;

/**
 * Whose a run is. A claim is never changed: what happens to it is a claim of the next version, and
 * only one trainer can write that, so whoever wrote the highest version has the run. The version is
 * the run's fencing token: checkpoints, files and events carry it.
 *
 * @param version counts from 1
 * @param cluster Kafka's id of the cluster that the request came from
 * @param record the request's place there, {@code topic-partition@offset}
 * @param delivery how many times that record was handed out when this claim was written
 * @param leftInOrder whether the trainer left the run in good order, for another one to go on; null
 *     for no
 * @param failures trainers in a row that had the run and died over it, or lost it, without its
 *     getting any further; null for none
 * @param step of the newest checkpoint when the run was claimed; null for none
 * @param trainer who wrote it
 * @param claimedAt when its request, or the one that extends it, was first claimed
 * @param secondsBefore from claim to end, of the requests that this one extends; null for none
 * @param request every default filled in, with its run id
 * @param end how the run ended; null while it has not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Claim(
    Integer version,
    String cluster,
    String record,
    Integer delivery,
    Boolean leftInOrder,
    Integer failures,
    Long step,
    String trainer,
    Instant claimedAt,
    Double secondsBefore,
    TrainingRequest request,
    End end) {
  public Claim {
    Check.required("version", version);
    Check.required("cluster", cluster);
    Check.required("record", record);
    Check.required("delivery", delivery);
    Check.required("claimed_at", claimedAt);
    Check.required("request", request);
    Check.name("request.run", request.run());
    failures = Check.orElse(failures, 0);
    step = Check.orElse(step, 0L);
  }

  /** How a run ended. */
  public enum State {
    /** Its model is stored. */
    COMPLETED,
    /** It cannot go on. */
    FAILED,
    /** A user cancelled it. */
    CANCELLED,
    /** It was refused before it began, and its id is free again. */
    REJECTED
  }

  /**
   * The end of a run.
   *
   * @param state how
   * @param at when
   */
  public record End(State state, Instant at) {}

  /**
   * A claim of a record that nobody has claimed before; earlier deliveries of it came to nothing.
   */
  public static Claim first(
      String cluster,
      String record,
      int delivery,
      String trainer,
      Instant claimedAt,
      TrainingRequest request) {
    return new Claim(
        1,
        cluster,
        record,
        delivery,
        null,
        delivery - 1,
        null,
        trainer,
        claimedAt,
        null,
        request,
        null);
  }

  /** Seconds that the run was in work until then, without the pauses before its extensions. */
  public double seconds(Instant end) {
    double before = secondsBefore == null ? 0 : secondsBefore;
    return before + Duration.between(claimedAt, end).toMillis() / 1e3;
  }

  /** The run's id. */
  public String run() {
    return request.run();
  }

  /** Whether both come from the same record. */
  public boolean sameRecord(Claim other) {
    return cluster.equals(other.cluster) && record.equals(other.record);
  }

  /** The version under which the run trained: the end is a version of its own. */
  public int trained() {
    return end == null ? version : version - 1;
  }

  /** Whether another request under the run's id is a conflict; a rejected one leaves it free. */
  public boolean holdsItsId() {
    return end == null || end.state() != State.REJECTED;
  }

  /** The state, in the words of the API. */
  public String state() {
    return end == null ? "RUNNING" : end.state().name();
  }

  /**
   * The next version: the run goes on under a later delivery of the same request.
   *
   * @param reached the step of the newest checkpoint: where it has grown, only what happened since
   *     counts as a failure
   */
  public Claim takenOverBy(Claim later, long reached) {
    int deliveries = sameRecord(later) ? later.delivery - delivery : later.delivery - 1;
    int lost =
        Math.max(0, deliveries - (Boolean.TRUE.equals(leftInOrder) && sameRecord(later) ? 1 : 0));
    return new Claim(
        version + 1,
        later.cluster,
        later.record,
        later.delivery,
        null,
        (reached > step ? 0 : failures) + lost,
        Math.max(reached, step),
        later.trainer,
        claimedAt,
        secondsBefore,
        request,
        null);
  }

  /** The next version: the id goes to another request, or to one that extends this one. */
  public Claim replacedBy(Claim other) {
    return new Claim(
        version + 1,
        other.cluster,
        other.record,
        other.delivery,
        null,
        other.failures,
        null,
        other.trainer,
        other.claimedAt,
        other.request.isExtension() && end != null ? seconds(end.at) : null,
        other.request,
        null);
  }

  /** The same with a version above one. */
  public Claim above(int floor) {
    return version > floor
        ? this
        : new Claim(
            floor + 1,
            cluster,
            record,
            delivery,
            leftInOrder,
            failures,
            step,
            trainer,
            claimedAt,
            secondsBefore,
            request,
            end);
  }

  /** The next version: this delivery ends in good order, and the run goes on under a later one. */
  public Claim givenBack() {
    return new Claim(
        version + 1,
        cluster,
        record,
        delivery,
        true,
        failures,
        step,
        trainer,
        claimedAt,
        secondsBefore,
        request,
        null);
  }

  /** The next version: the run has ended. */
  public Claim ended(State state, Instant at) {
    return new Claim(
        version + 1,
        cluster,
        record,
        delivery,
        null,
        failures,
        step,
        trainer,
        claimedAt,
        secondsBefore,
        request,
        new End(state, at));
  }
}
