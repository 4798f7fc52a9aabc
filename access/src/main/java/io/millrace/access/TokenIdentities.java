package io.millrace.access;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.TokenAuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Identifies the user of a token, and counts wrong tokens. */
@ApplicationScoped
public class TokenIdentities implements IdentityProvider<TokenAuthenticationRequest> {
  private static final String TOO_MANY = "millrace-too-many-wrong-tokens";

  private final Access access;

  TokenIdentities(Access access) {
    this.access = access;
  }

  @Override
  public Class<TokenAuthenticationRequest> getRequestType() {
    return TokenAuthenticationRequest.class;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      TokenAuthenticationRequest request, AuthenticationRequestContext context) {
    Optional<Caller> caller = access.find(request.getToken().getToken());
    if (caller.isPresent()) {
      return Uni.createFrom().item(Callers.identity(caller.get()));
    }
    RoutingContext routing = HttpSecurityUtils.getRoutingContextAttribute(request);
    if (access.isOneTooMany(routing.request().remoteAddress().hostAddress())) {
      routing.put(TOO_MANY, true);
    }
    return Uni.createFrom().failure(new AuthenticationFailedException());
  }

  /** Whether the request's token was wrong and its address sent too many wrong tokens. */
  static boolean isOneTooMany(RoutingContext request) {
    return request.get(TOO_MANY) != null;
  }
}
