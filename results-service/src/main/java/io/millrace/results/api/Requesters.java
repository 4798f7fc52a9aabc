package io.millrace.results.api;

import io.millrace.access.Caller;
import io.millrace.access.Callers;
import io.millrace.access.Role;
import io.millrace.results.submit.Requester;

/** Tells who asks, to those who know no HTTP. */
final class Requesters {
  private Requesters() {}

  /** To be asked before the answer is worked at. */
  static Requester of(Callers callers) {
    Caller caller = callers.current();
    return new Requester(caller.name(), caller.may(Role.ADMIN));
  }
}
