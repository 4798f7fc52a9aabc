package io.millrace.results.http;

import io.millrace.access.Caller;
import io.millrace.access.Callers;
import io.millrace.access.Role;
import io.millrace.results.submission.Requester;

/** Passes the caller to classes that do not know HTTP. */
public final class Requesters {
  private Requesters() {}

  /** The current caller. Call it before any asynchronous work. */
  public static Requester of(Callers callers) {
    Caller caller = callers.current();
    return new Requester(caller.name(), caller.may(Role.ADMIN));
  }
}
