package io.millrace.trainer.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import io.millrace.contracts.request.TrainingRequest;
import java.time.Instant;

/**
 * Whose a run is. A claim is never changed: what happens to it is a claim of the next version, and
 * only one trainer can write that, so whoever wrote the highest version has the run.
 *
 * @param version counts from 1
 * @param cluster Kafka's id of the cluster that the request came from
 * @param record the request's place there, {@code topic-partition@offset}
 * @param delivery how many times that record was handed out when this claim was written
 * @param released how many of those deliveries ended in good order, with the run given back; null
 *     for none
 * @param trainer who wrote it
 * @param claimedAt when the run was first claimed
 * @param request every default filled in, with its run id
 * @param end how the run ended; null while it has not
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Claim(
    Integer version,
    String cluster,
    String record,
    Integer delivery,
    Integer released,
    String trainer,
    Instant claimedAt,
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

  /** A claim of a record that nobody has claimed before. */
  public static Claim first(
      String cluster,
      String record,
      int delivery,
      String trainer,
      Instant claimedAt,
      TrainingRequest request) {
    return new Claim(1, cluster, record, delivery, null, trainer, claimedAt, request, null);
  }

  /** The run's id. */
  public String run() {
    return request.run();
  }

  /** Whether both come from the same record. */
  public boolean sameRecord(Claim other) {
    return cluster.equals(other.cluster) && record.equals(other.record);
  }

  /** Trainers that had the record and did not give it back in good order, this one included. */
  public int attempts() {
    return delivery - (released == null ? 0 : released);
  }

  /** Whether another request under the run's id is a conflict; a rejected one leaves it free. */
  public boolean holdsItsId() {
    return end == null || end.state() != State.REJECTED;
  }

  /** The state, in the words of the API. */
  public String state() {
    return end == null ? "RUNNING" : end.state().name();
  }

  /** The next version: the run goes on under a later delivery of the same request. */
  public Claim takenOverBy(Claim later) {
    return new Claim(
        version + 1,
        later.cluster,
        later.record,
        later.delivery,
        sameRecord(later) ? released : null,
        later.trainer,
        claimedAt,
        request,
        null);
  }

  /** The next version: the id goes to another request. */
  public Claim replacedBy(Claim other) {
    return new Claim(
        version + 1,
        other.cluster,
        other.record,
        other.delivery,
        null,
        other.trainer,
        other.claimedAt,
        other.request,
        null);
  }

  /** The next version: this delivery ends in good order, and the run goes on under a later one. */
  public Claim givenBack() {
    int count = (released == null ? 0 : released) + 1;
    return new Claim(
        version + 1, cluster, record, delivery, count, trainer, claimedAt, request, null);
  }

  /** The next version: the run has ended. */
  public Claim ended(State state, Instant at) {
    return new Claim(
        version + 1,
        cluster,
        record,
        delivery,
        released,
        trainer,
        claimedAt,
        request,
        new End(state, at));
  }
}
