package io.millrace.client;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A run without its curves. Unknown values are null.
 *
 * @param run id of the run
 * @param experiment the experiment of the run
 * @param variant the variant that the run trains
 * @param seed seed of its random numbers
 * @param state QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED or REJECTED
 * @param reason why the run failed, was cancelled or was rejected
 * @param trainer the trainer that trains the run, or trained it last
 * @param queuedAt time at which its request was published
 * @param startedAt time at which a trainer first started it
 * @param endedAt time at which it ended, in whatever state
 * @param epochsDone epochs completed so far
 * @param epochs epochs in the request
 * @param stepsDone optimizer steps completed so far
 * @param metrics metrics of the latest epoch by Keras names; a null value is not finite
 * @param test metrics on the test part by Keras names; a null value is not finite
 * @param seconds time from its first start to its end, in seconds
 * @param tags tags of the run
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
   * Returns whether the run has ended, in whatever state.
   *
   * @return false while the run is queued or running
   */
  public boolean hasEnded() {
    return ENDED.contains(state);
  }
}
