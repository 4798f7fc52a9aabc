package io.millrace.trainer.feed;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.task.BatchTask;
import java.time.Duration;

/**
 * How far a feed requests batches ahead of training, and how long it waits.
 *
 * @param windowBatches the most batches requested and not yet taken
 * @param windowBytes the most bytes of those; at least one batch is requested
 * @param taskBatches the most batches in one task
 * @param cacheBytes the largest evaluation part, in bytes, that is kept instead of requested again
 * @param askAgainAfter how long the next batch may take before its task is sent again; each further
 *     wait is twice as long
 * @param giveUpAfter how long no batch may arrive, once the first one has, before the feed fails.
 *     The first batch has no limit: a run that has not begun loses nothing by waiting
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
          (windowBytes < 1 ? windowBytes : cacheBytes)
              + " is out of range; give a number of bytes");
    }
  }

  /** How long no record may arrive before that is reported. */
  public Duration reportAfter() {
    return giveUpAfter.compareTo(SILENCE) < 0 ? giveUpAfter : SILENCE;
  }
}
