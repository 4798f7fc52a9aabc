package io.millrace.access;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.credential.TokenCredential;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.identity.request.TokenAuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import java.util.Optional;
import java.util.Set;

/** Reads tokens from the header {@code Authorization: Bearer} or from the pages' cookie. */
@ApplicationScoped
public class TokenAuthentication implements HttpAuthenticationMechanism {
  /** The cookie that holds a token. */
  public static final String COOKIE = "millrace-token";

  private static final String BEARER = "Bearer ";
  private static final String CHALLENGE = "Bearer realm=\"millrace\"";

  private final Access access;
  private final Instance<LoginPage> loginPage;

  TokenAuthentication(Access access, Instance<LoginPage> loginPage) {
    this.access = access;
    this.loginPage = loginPage;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      RoutingContext context, IdentityProviderManager identities) {
    if (access.isOff()) {
      return Uni.createFrom().item(Callers.identity(Caller.ANYBODY));
    }
    String header = context.request().getHeader(HttpHeaders.AUTHORIZATION);
    if (header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return identity(header.substring(BEARER.length()).strip(), context, identities);
    }
    Cookie cookie = context.request().getCookie(COOKIE);
    if (cookie == null) {
      return Uni.createFrom().nullItem();
    }
    // An invalid cookie counts as no token, so that its user can still log in.
    return identity(cookie.getValue(), context, identities)
        .onFailure(AuthenticationFailedException.class)
        .recoverWithNull();
  }

  private static Uni<SecurityIdentity> identity(
      String token, RoutingContext context, IdentityProviderManager identities) {
    var request = new TokenAuthenticationRequest(new TokenCredential(token, "bearer"));
    return identities.authenticate(HttpSecurityUtils.setRoutingContextAttribute(request, context));
  }

  @Override
  public Uni<ChallengeData> getChallenge(RoutingContext context) {
    return Uni.createFrom().item(new ChallengeData(401, "WWW-Authenticate", CHALLENGE));
  }

  /** Redirects browsers that request a page to the login page. */
  @Override
  public Uni<Boolean> sendChallenge(RoutingContext context) {
    HttpServerResponse response = context.response();
    Optional<String> login =
        loginPage.isResolvable() ? loginPage.get().address(context) : Optional.empty();
    if (TokenIdentities.isOneTooMany(context)) {
      response.putHeader(HttpHeaders.RETRY_AFTER, "6");
      Refusals.end(context, 429, "too many wrong tokens from your address; try again in 6 seconds");
    } else if (login.isPresent()) {
      response.setStatusCode(303).putHeader(HttpHeaders.LOCATION, login.get()).end();
    } else {
      response.putHeader("WWW-Authenticate", CHALLENGE);
      Refusals.end(context, 401, "give a valid token, in the header Authorization: Bearer TOKEN");
    }
    return Uni.createFrom().item(true);
  }

  @Override
  public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
    return Set.of(TokenAuthenticationRequest.class);
  }
}
