package io.millrace.access;

import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpSecurityPolicy;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;

/** Allows health and metrics to readers, and to everyone if they are open. */
@ApplicationScoped
public class HealthPolicy implements HttpSecurityPolicy {
  private final Access access;

  HealthPolicy(Access access) {
    this.access = access;
  }

  @Override
  public String name() {
    return "health";
  }

  @Override
  public Uni<CheckResult> checkPermission(
      RoutingContext request, Uni<SecurityIdentity> identity, AuthorizationRequestContext context) {
    if (access.isHealthOpen()) {
      return CheckResult.permit();
    }
    return identity.map(
        caller ->
            Role.READER.granted().stream().anyMatch(caller::hasRole)
                ? CheckResult.PERMIT
                : CheckResult.DENY);
  }
}
