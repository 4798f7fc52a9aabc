package io.millrace.results.http;

import io.millrace.access.Caller;
import io.millrace.access.Callers;
import io.millrace.access.Role;
import io.millrace.results.submission.Requester;

/** Tells who asks, to those who know no HTTP. */
public final class Requesters {
  private Requesters() {}

  /** To be asked before the answer is worked at. */
  public static Requester of(Callers callers) {
    Caller caller = callers.current();
    return new Requester(caller.name(), caller.may(Role.ADMIN));
  }
}
