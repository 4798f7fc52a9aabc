package io.millrace.results.store;

/**
 * What has become of a run.
 *
 * <p>A state is replaced only by one that lies further on: QUEUED, REJECTED, RUNNING, and then one
 * of COMPLETED, FAILED and CANCELLED, whichever came first. REJECTED lies before RUNNING because
 * only a request that never ran is rejected: when a run of that id starts, a later request was
 * accepted. Of several rejections the latest counts.
 */
public enum RunState {
  /** Its request waits for a trainer. */
  QUEUED(1),
  /** A trainer has taken it up. */
  RUNNING(3),
  /** It ended well and its model is stored. */
  COMPLETED(4),
  /** It ended badly; the reason says how. */
  FAILED(4),
  /** A user cancelled it. */
  CANCELLED(4),
  /** Its request could not be understood or run; the reason says why. */
  REJECTED(2);

  /** Of a rejection for a conflict under a run that is not known: anything replaces it. */
  static final int CONFLICT_PROGRESS = 0;

  private final int progress;

  RunState(int progress) {
    this.progress = progress;
  }

  /** How far the state has come; only a larger one replaces it. */
  int progress() {
    return progress;
  }
}
