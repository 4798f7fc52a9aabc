package io.millrace.augmentation.intake;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs that were cancelled, the last 10,000 of them. Only tasks from before the command are
 * dropped, so that the same run may be published again.
 */
final class CancelledRuns {
  private static final int MOST = 10_000;

  private final Map<String, Long> cancelled =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST;
        }
      };

  /** Notes that a run was cancelled at a time, in milliseconds since 1970. */
  synchronized void cancel(String run, long at) {
    cancelled.merge(run, at, Math::max);
  }

  /** Whether a run was cancelled after a task of it was published. */
  synchronized boolean isCancelled(String run, long published) {
    Long at = cancelled.get(run);
    return at != null && published <= at;
  }
}
