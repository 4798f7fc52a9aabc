package io.millrace.results.api;

import io.millrace.results.submit.Requester;
import io.quarkus.security.identity.SecurityIdentity;

/** Tells who asks, to those who know no HTTP. */
final class Requesters {
  private static final String ADMIN = "admin";

  private Requesters() {}

  /** To be asked before the answer is worked at. */
  static Requester of(SecurityIdentity identity) {
    return new Requester(identity.getPrincipal().getName(), identity.hasRole(ADMIN));
  }
}
