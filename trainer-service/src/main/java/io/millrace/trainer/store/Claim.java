package io.millrace.trainer.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import io.millrace.contracts.request.TrainingRequest;
import java.time.Duration;
import java.time.Instant;

/**
 * Records which trainer has a run. A claim is immutable: a change is a claim with the next version,
 * and only one trainer can write a version. The trainer that wrote the highest version has the run.
 * The version is the run's fencing token: checkpoints, files and events carry it.
 *
 * @param version counts from 1
 * @param cluster the cluster id of the Kafka that the request came from
 * @param record the request's record in that cluster, {@code topic-partition@offset}
 * @param delivery the record's delivery count when this claim was written
 * @param leftInOrder whether the trainer left the run in good order, for another one to resume;
 *     null for no
 * @param failures consecutive trainers that died or lost the run without progress; null for none
 * @param step the newest checkpoint's step when the run was claimed; null for none
 * @param trainer the trainer that wrote it
 * @param claimedAt when the request, or the request that extends it, was first claimed
 * @param secondsBefore seconds from claim to end of the requests that this one extends; null for
 *     none
 * @param request the request with all defaults and its run id
 * @param end how the run ended; null before that
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

  /** The state in which a run ended. */
  public enum State {
    /** The model is stored. */
    COMPLETED,
    /** The run failed. */
    FAILED,
    /** A user cancelled the run. */
    CANCELLED,
    /** The run was rejected before it began; its id is free again. */
    REJECTED
  }

  /**
   * The end of a run.
   *
   * @param state the final state
   * @param at the time of the end
   */
  public record End(State state, Instant at) {}

  /**
   * A claim for a record without an earlier claim; earlier deliveries of the record had no effect.
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

  /** Seconds that the run has been in work until then, without the pauses before its extensions. */
  public double seconds(Instant end) {
    double before = secondsBefore == null ? 0 : secondsBefore;
    return before + Duration.between(claimedAt, end).toMillis() / 1e3;
  }

  /** The run's id. */
  public String run() {
    return request.run();
  }

  /** Whether both claims come from the same record. */
  public boolean sameRecord(Claim other) {
    return cluster.equals(other.cluster) && record.equals(other.record);
  }

  /**
   * The version under which the run trained. The end is a version of its own, so this is one less
   * for an ended run.
   */
  public int trained() {
    return end == null ? version : version - 1;
  }

  /** Whether another request with the run's id is a conflict; a rejected run leaves its id free. */
  public boolean holdsItsId() {
    return end == null || end.state() != State.REJECTED;
  }

  /** The state, as the API names it. */
  public String state() {
    return end == null ? "RUNNING" : end.state().name();
  }

  /**
   * The next version: another delivery of the same request takes the run over.
   *
   * @param reached the newest checkpoint's step; if it has grown, earlier failures no longer count
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

  /** The next version: the id goes to another request, or to a request that extends this one. */
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

  /** The same claim with a version above the floor. */
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

  /** The next version: this delivery ends in good order, and a later one resumes the run. */
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
