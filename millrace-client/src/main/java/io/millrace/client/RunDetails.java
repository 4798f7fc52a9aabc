package io.millrace.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A run without its curves. What is not known, or not yet, is null.
 *
 * @param run its id
 * @param experiment the question that it belongs to
 * @param variant the answer that it tries
 * @param seed what its random numbers start from
 * @param state QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED or REJECTED
 * @param reason why it ended badly
 * @param trainer who has it in work, or had
 * @param queuedAt when its request was published
 * @param startedAt when a trainer first took it up
 * @param endedAt when it ended, well or badly
 * @param epochsDone epochs trained so far
 * @param epochs epochs that were asked for
 * @param stepsDone optimizer steps made so far
 * @param metrics of the latest epoch, by Keras' names; a null value is not finite
 * @param test of the evaluation on the test part; a null value is not finite
 * @param seconds from its first start to its end
 * @param tags names to find it by
 */
public record RunDetails(
    String run,
    String experiment,
    String variant,
    Long seed,
    String state,
    String reason,
    String trainer,
    Instant queuedAt,
    Instant startedAt,
    Instant endedAt,
    int epochsDone,
    Integer epochs,
    long stepsDone,
    Map<String, Double> metrics,
    Map<String, Double> test,
    Double seconds,
    List<String> tags) {

  private static final Set<String> ENDED = Set.of("COMPLETED", "FAILED", "CANCELLED", "REJECTED");

  /**
   * Whether it has ended, well or badly.
   *
   * @return false while it waits or is trained
   */
  public boolean hasEnded() {
    return ENDED.contains(state);
  }
}
