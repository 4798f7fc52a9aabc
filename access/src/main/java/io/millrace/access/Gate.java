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
 * Before all else: how a path may be spelled, how often an address may ask, how long a request may
 * take to arrive, and that what changes something does not come from a page of somebody else. Who
 * listens to this machine alone is asked by a name of this machine, so that no page reaches it
 * under a name of its own (DNS rebinding).
 */
@ApplicationScoped
public class Gate {
  /** Among filters, the largest number comes first. */
  public static final int FIRST = 10_000;

  private static final Set<String> OWN_NAMES = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  /**
   * What rules about paths and the search for a resource may read differently. RESTEasy takes a
   * semicolon for the beginning of matrix parameters and leaves it out: {@code /runs;a=b} is {@code
   * /runs} to it, and was another path to the rules (CVE-2026-39852, mended in Quarkus 3.33.1.1;
   * with the semicolon or a slash encoded CVE-2026-50559, mended in 3.33.2.1). No path here has any
   * of these characters, so that none is let in, plain or encoded once or more often.
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
    // A page asks for several things at once.
    requests = new RateLimit(requestsPerSecond, (int) (10 * requestsPerSecond), System::nanoTime);
  }

  void register(@Observes Filters filters) {
    filters.register(this::pass, FIRST);
  }

  void tellRefusals(@Observes Router router) {
    router.route().order(Integer.MIN_VALUE).failureHandler(Gate::refused);
  }

  private void pass(RoutingContext context) {
    HttpServerRequest request = context.request();
    IdleConnections.watch(context, idleTimeout);
    crossOrigin.tell(context);
    if (isFromElsewhere(request)) {
      // A page of somebody else shows a token of its own, not the one that the browser keeps.
      request.headers().remove(HttpHeaders.COOKIE);
    }
    if (isAmbiguous(request.uri())) {
      Refusals.endAndClose(
          context, 400, "a path has no ';' or '\\\\' here and no encoded '/'; leave them out");
    } else if (!access.isLimited() && !isOwnName(request.authority())) {
      Refusals.end(context, 403, "ask by the name localhost, or 127.0.0.1");
    } else if (changesSomething(request)
        && isFromElsewhere(request)
        && !crossOrigin.isAllowed(request)) {
      Refusals.end(context, 403, "a page of another origin changes nothing here");
    } else if (length(request) > mostBytes) {
      Refusals.tooLarge(context, mostBytes);
    } else if (access.isLimited() && !requests.take(request.remoteAddress().hostAddress())) {
      Refusals.tooMany(context, "too many requests; ask again in a second");
    } else if (crossOrigin.isPreflight(request)) {
      crossOrigin.answerPreflight(context);
    } else {
      closeWhereTheBodyIsLate(context);
      context.next();
    }
  }

  /**
   * @param target of a request, its query included
   */
  static boolean isAmbiguous(String target) {
    int query = target.indexOf('?');
    return AMBIGUOUS.matcher(query < 0 ? target : target.substring(0, query)).find();
  }

  /**
   * The idle timeout closes who sends nothing; this, who sends a byte now and then. It goes on
   * where the answer was given before the body was there.
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
                        context, 408, "the body has not arrived; send it within " + within);
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

  /** Whether a request is other than one that reads. */
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

  /** What the head says of the body's length. */
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
      // Of requests that are no proper ones; Quarkus would log a stack trace of each.
      Refusals.endAndClose(context, 400, failure.getMessage());
    } else {
      context.next();
    }
  }
}
