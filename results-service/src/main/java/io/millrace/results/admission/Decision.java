package io.millrace.results.admission;

/** What becomes of a request for one run. */
sealed interface Decision {
  /**
   * It is queued.
   *
   * @param isNew whether it is a run that is new; else it was let in before, and a crash came
   *     between
   */
  record Queue(boolean isNew) implements Decision {}

  /** It is queued, to extend a run that has ended. */
  record Extend() implements Decision {}

  /**
   * It was queued before there was a desk, in the topic of requests itself: it moves to the queue,
   * and the trainer that takes it goes on where another one may have got to.
   */
  record Move() implements Decision {}

  /** Nothing: the run is there, with this request. */
  record Nothing() implements Decision {}

  /**
   * It is refused.
   *
   * @param field of the request
   * @param reason without the field
   * @param conflict whether a run of the id is there, which stays what it is
   */
  record Refuse(String field, String reason, boolean conflict) implements Decision {}
}
