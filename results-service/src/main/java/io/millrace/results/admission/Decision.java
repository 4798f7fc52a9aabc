package io.millrace.results.admission;

/** The decision on a request for one run. */
sealed interface Decision {
  /**
   * The run is queued.
   *
   * @param isNew whether the run is new; otherwise it was admitted before a crash
   */
  record Queue(boolean isNew) implements Decision {}

  /** An extension of a run that has ended is queued. */
  record Extend() implements Decision {}

  /**
   * The run moves to the queue from the request topic, where versions before admission queued it.
   * The trainer that takes it resumes where another one may have stopped.
   */
  record Move() implements Decision {}

  /** Nothing happens: the run exists with this request. */
  record Nothing() implements Decision {}

  /**
   * The request is rejected.
   *
   * @param field the invalid field of the request
   * @param reason without the field
   * @param conflict whether a run with this id exists; it stays unchanged
   */
  record Refuse(String field, String reason, boolean conflict) implements Decision {}
}
