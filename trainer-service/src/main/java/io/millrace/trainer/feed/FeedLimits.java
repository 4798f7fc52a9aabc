package io.millrace.trainer.feed;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.task.BatchTask;
import java.time.Duration;

/**
 * How far a feed runs ahead of the training, and how patient it is.
 *
 * @param windowBatches the most batches asked for and not yet taken
 * @param windowBytes the most bytes of them; at least one batch is asked for
 * @param taskBatches the most batches of one task
 * @param cacheBytes the most bytes of an evaluation part that are kept instead of asked for again
 * @param askAgainAfter how long the next batch may take before its task is published again; every
 *     further time it is twice as long
 * @param giveUpAfter how long no batch at all may come, after the first ones have come, before the
 *     feed fails. Before the first one it waits for as long as it takes: what has not begun loses
 *     nothing by waiting
 */
public record FeedLimits(
    int windowBatches,
    long windowBytes,
    int taskBatches,
    long cacheBytes,
    Duration askAgainAfter,
    Duration giveUpAfter) {
  private static final Duration SILENCE = Duration.ofMinutes(10);

  public FeedLimits {
    String prefix = "millrace.trainer.";
    Check.range(prefix + "window-batches", windowBatches, 1, 1_000_000);
    Check.range(prefix + "task-batches", taskBatches, 1, BatchTask.MAX_BATCHES);
    if (windowBytes < 1 || cacheBytes < 0) {
      throw new InvalidMessageException(
          prefix + (windowBytes < 1 ? "window-bytes" : "evaluation-cache-bytes"),
          "is out of range; give a number of bytes");
    }
  }

  /** How long no answer at all may come before that is reported. */
  public Duration reportAfter() {
    return giveUpAfter.compareTo(SILENCE) < 0 ? giveUpAfter : SILENCE;
  }
}
