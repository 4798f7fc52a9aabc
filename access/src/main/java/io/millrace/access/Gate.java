package io.millrace.access;

import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.security.ForbiddenException;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Checks every request first: the form of its path, the rate of its address, the time that its body
 * takes to arrive, and that a page of another origin does not change anything. A service that
 * listens only on its own machine accepts only that machine's names, so that no page can reach it
 * under another name (DNS rebinding).
 */
@ApplicationScoped
public class Gate {
  /** The filter with the largest number runs first. */
  public static final int FIRST = 10_000;

  private static final Set<String> OWN_NAMES = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  /**
   * Characters that the path rules and RESTEasy may interpret differently. RESTEasy drops matrix
   * parameters after a semicolon, so {@code /runs;a=b} is {@code /runs} for it, but was another
   * path for the rules (CVE-2026-39852, fixed in Quarkus 3.33.1.1; with an encoded semicolon or
   * slash CVE-2026-50559, fixed in 3.33.2.1). No path here has these characters, so all of them are
   * refused, plain or encoded once or more.
   */
  private static final Pattern AMBIGUOUS = Pattern.compile("[;\\\\]|%(25)*(3[bB]|2[fF]|5[cC])");

  private final Access access;
  private final CrossOrigin crossOrigin;
  private final RateLimit requests;
  private final long mostBytes;
  private final Duration bodyTimeout;
  private final Duration idleTimeout;

  Gate(
      Access access,
      CrossOrigin crossOrigin,
      @ConfigProperty(name = "millrace.limits.requests-per-second") double requestsPerSecond,
      @ConfigProperty(name = "millrace.limits.body-timeout") Duration bodyTimeout,
      @ConfigProperty(name = "quarkus.http.idle-timeout") Duration idleTimeout,
      @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
    this.access = access;
    this.crossOrigin = crossOrigin;
    this.mostBytes = maxBodySize.asLongValue();
    this.bodyTimeout = bodyTimeout;
    this.idleTimeout = idleTimeout;
    // A page sends several requests at once.
    requests = new RateLimit(requestsPerSecond, (int) (10 * requestsPerSecond), System::nanoTime);
  }

  void register(@Observes Filters filters) {
    filters.register(this::pass, FIRST);
  }

  void answerRefusals(@Observes Router router) {
    router.route().order(Integer.MIN_VALUE).failureHandler(Gate::refused);
  }

  private void pass(RoutingContext context) {
    HttpServerRequest request = context.request();
    IdleConnections.watch(context, idleTimeout);
    crossOrigin.addHeaders(context);
    if (isFromElsewhere(request)) {
      // A page of another origin must send its own token, not the browser's cookie.
      request.headers().remove(HttpHeaders.COOKIE);
    }
    if (isAmbiguous(request.uri())) {
      Refusals.endAndClose(
          context, 400, "the path contains ';', '\\\\' or an encoded '/'; leave them out");
    } else if (!access.isLimited() && !isOwnName(request.authority())) {
      Refusals.end(context, 403, "this host name is not allowed; use localhost or 127.0.0.1");
    } else if (changesSomething(request)
        && isFromElsewhere(request)
        && !crossOrigin.isAllowed(request)) {
      Refusals.end(
          context,
          403,
          "pages of this origin may not change anything; add the origin to millrace.cors.origins");
    } else if (length(request) > mostBytes) {
      Refusals.tooLarge(context, mostBytes);
    } else if (access.isLimited() && !requests.take(request.remoteAddress().hostAddress())) {
      Refusals.tooMany(context, "too many requests; try again in 1 second");
    } else if (crossOrigin.isPreflight(request)) {
      crossOrigin.answerPreflight(context);
    } else {
      closeWhereTheBodyIsLate(context);
      context.next();
    }
  }

  /**
   * @param target the request target, including its query
   */
  static boolean isAmbiguous(String target) {
    int query = target.indexOf('?');
    return AMBIGUOUS.matcher(query < 0 ? target : target.substring(0, query)).find();
  }

  /**
   * Closes a connection whose body arrives too slowly. The idle timeout closes only connections
   * that send nothing. The timer continues if the response is sent before the body has arrived.
   */
  private void closeWhereTheBodyIsLate(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (!IdleConnections.hasBody(request)) {
      return;
    }
    long timer =
        context
            .vertx()
            .setTimer(
                bodyTimeout.toMillis(),
                late -> {
                  if (request.isEnded()) {
                    return;
                  }
                  if (context.response().headWritten()) {
                    request.connection().close();
                  } else {
                    String within = bodyTimeout.toSeconds() + " seconds";
                    Refusals.endAndClose(
                        context, 408, "the body did not arrive in time; send it within " + within);
                  }
                });
    context.addEndHandler(
        ended -> {
          if (request.isEnded()) {
            context.vertx().cancelTimer(timer);
          }
        });
  }

  private static boolean isOwnName(HostAndPort authority) {
    return authority == null || OWN_NAMES.contains(authority.host());
  }

  /** Whether a request's method may change something. */
  public static boolean changesSomething(HttpServerRequest request) {
    HttpMethod method = request.method();
    return method != HttpMethod.GET && method != HttpMethod.HEAD && method != HttpMethod.OPTIONS;
  }

  private static boolean isFromElsewhere(HttpServerRequest request) {
    String origin = request.getHeader("Origin");
    HostAndPort authority = request.authority();
    if (origin == null || authority == null) {
      return false;
    }
    try {
      URI from = URI.create(origin);
      return !authority.host().equalsIgnoreCase(from.getHost())
          || authority.port() != from.getPort();
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  /** The body's length according to the headers. */
  private static long length(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length == null ? 0 : Long.parseLong(length);
  }

  private static void refused(RoutingContext context) {
    Throwable failure = context.failure();
    if (context.response().headWritten()) {
      context.next();
    } else if (failure instanceof ForbiddenException) {
      String detail =
          context.user() instanceof QuarkusHttpUser user
              ? Refusals.forbidden(user.getSecurityIdentity())
              : "this is not allowed";
      Refusals.end(context, 403, detail);
    } else if (failure instanceof VertxException && context.statusCode() == 400) {
      // Malformed requests, for which Quarkus would log a stack trace each.
      Refusals.endAndClose(context, 400, failure.getMessage());
    } else {
      context.next();
    }
  }
}
