package io.millrace.results.store;

/**
 * The state of a run.
 *
 * <p>Only a later state replaces a state, in the order QUEUED, REJECTED, RUNNING, and then one of
 * COMPLETED, FAILED and CANCELLED, whichever came first. REJECTED comes before RUNNING because only
 * a request that never ran is rejected: when a run with that id starts, a later request was
 * accepted. Of several rejections the latest counts.
 */
public enum RunState {
  /** Its request is waiting for a trainer. */
  QUEUED(1),
  /** A trainer is training it. */
  RUNNING(3),
  /** Its training is complete and its model is stored. */
  COMPLETED(4),
  /** Its training failed; the reason says why. */
  FAILED(4),
  /** A user cancelled it. */
  CANCELLED(4),
  /** Its request is invalid or cannot be trained; the reason says why. */
  REJECTED(2);

  /** The progress of a conflict rejection for an unknown run: every state replaces it. */
  static final int CONFLICT_PROGRESS = 0;

  private final int progress;

  RunState(int progress) {
    this.progress = progress;
  }

  /** The rank of the state; only a state with a higher rank replaces it. */
  int progress() {
    return progress;
  }
}
