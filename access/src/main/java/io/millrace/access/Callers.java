package io.millrace.access;

import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;

/** Provides the caller of the current request. */
@ApplicationScoped
public class Callers {
  private static final String CALLER = "millrace-caller";

  private final SecurityIdentity identity;

  Callers(SecurityIdentity identity) {
    this.identity = identity;
  }

  /**
   * The caller of the current request. Resources must read it before they start to work, because
   * other threads may have no current request.
   */
  public Caller current() {
    return of(identity);
  }

  static Caller of(SecurityIdentity identity) {
    Caller caller = identity.getAttribute(CALLER);
    return caller == null ? Caller.STRANGER : caller;
  }

  static SecurityIdentity identity(Caller caller) {
    String name = caller.name() == null ? "anybody" : caller.name();
    return QuarkusSecurityIdentity.builder()
        .setPrincipal(new QuarkusPrincipal(name))
        .addRoles(caller.role().granted())
        .addAttribute(CALLER, caller)
        .build();
  }
}
