package io.millrace.results.access;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.credential.TokenCredential;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.identity.request.TokenAuthenticationRequest;
import io.quarkus.security.runtime.QuarkusPrincipal;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpSecurityUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Takes tokens from the header {@code Authorization: Bearer}, or from the cookie of the pages. */
@ApplicationScoped
public class TokenAuthentication implements HttpAuthenticationMechanism {
  /** The cookie that holds a token. */
  public static final String COOKIE = "millrace-token";

  private static final String BEARER = "Bearer ";

  /** Who is not asked. */
  private static final SecurityIdentity ANYBODY =
      QuarkusSecurityIdentity.builder()
          .setPrincipal(new QuarkusPrincipal("anybody"))
          .addRoles(Role.ADMIN.granted())
          .build();

  private final Access access;

  TokenAuthentication(Access access) {
    this.access = access;
  }

  @Override
  public Uni<SecurityIdentity> authenticate(
      RoutingContext context, IdentityProviderManager identities) {
    if (access.isOff()) {
      return Uni.createFrom().item(ANYBODY);
    }
    String header = context.request().getHeader(HttpHeaders.AUTHORIZATION);
    if (header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return identity(header.substring(BEARER.length()).strip(), context, identities);
    }
    Cookie cookie = context.request().getCookie(COOKIE);
    if (cookie == null) {
      return Uni.createFrom().nullItem();
    }
    // An old cookie is as good as none: its bearer may still log in.
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
    return Uni.createFrom()
        .item(new ChallengeData(401, "WWW-Authenticate", "Bearer realm=\"millrace\""));
  }

  /** Browsers that look at a page are led to where they can log in. */
  @Override
  public Uni<Boolean> sendChallenge(RoutingContext context) {
    HttpServerResponse response = context.response();
    if (isPage(context)) {
      response.setStatusCode(303).putHeader(HttpHeaders.LOCATION, login(context)).end();
    } else {
      response.putHeader("WWW-Authenticate", "Bearer realm=\"millrace\"");
      Refusals.end(context, 401, "give a token that is let in");
    }
    return Uni.createFrom().item(true);
  }

  /**
   * The address of the login page, which leads back to where one came from: a path of this service,
   * whatever host the request names.
   */
  private static String login(RoutingContext context) {
    String path = context.normalizedPath();
    if (path.equals("/") || path.equals("/ui/")) {
      return "/ui/login";
    }
    String query = context.request().query();
    String from = query == null ? path : path + "?" + query;
    return "/ui/login?from=" + URLEncoder.encode(from, StandardCharsets.UTF_8);
  }

  private static boolean isPage(RoutingContext context) {
    String accepted = context.request().getHeader(HttpHeaders.ACCEPT);
    String path = context.normalizedPath();
    return (path.equals("/") || path.startsWith("/ui"))
        && accepted != null
        && accepted.contains("text/html");
  }

  @Override
  public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
    return Set.of(TokenAuthenticationRequest.class);
  }
}
