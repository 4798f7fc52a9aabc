package io.millrace.results.access;

import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.security.ForbiddenException;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Before all else: how often an address may ask, and that what changes something does not come from
 * a page of somebody else. Who listens to this machine alone is asked by a name of this machine, so
 * that no page reaches it under a name of its own (DNS rebinding).
 */
@ApplicationScoped
public class Gate {
  private static final int FIRST = 10_000;

  /** After Quarkus' own filters, of -200 and -100, and before its limit of bodies, of -2. */
  private static final int AFTER_AUTHORIZATION = -50;

  private static final Set<String> OWN_NAMES = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  private final Access access;
  private final RateLimit requests;
  private final RateLimit submits;
  private final long mostBytes;

  Gate(
      Access access,
      @ConfigProperty(name = "millrace.limits.requests-per-second") double requestsPerSecond,
      @ConfigProperty(name = "millrace.limits.submits-per-second") double submitsPerSecond,
      @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
    this.access = access;
    this.mostBytes = maxBodySize.asLongValue();
    // A page asks for several things at once, and a script submits several requests.
    requests = new RateLimit(requestsPerSecond, (int) (10 * requestsPerSecond), System::nanoTime);
    submits = new RateLimit(submitsPerSecond, (int) (20 * submitsPerSecond), System::nanoTime);
  }

  void register(@Observes Filters filters) {
    filters.register(this::pass, FIRST);
  }

  void tellRefusals(@Observes Router router) {
    router.route().order(Integer.MIN_VALUE).failureHandler(Gate::refused);
  }

  /**
   * Bodies that do not say their length beforehand are counted, once it is known who submits.
   * Quarkus would count them too, and not say what is wrong.
   */
  void countChunks(@Observes Router router) {
    router.post("/runs").order(AFTER_AUTHORIZATION).handler(this::count);
  }

  private void count(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null) {
      context.next();
      return;
    }
    Buffer body = Buffer.buffer();
    request.handler(
        part -> {
          if (context.response().ended()) {
            return;
          }
          body.appendBuffer(part);
          if (body.length() > mostBytes) {
            tooLarge(context);
          }
        });
    request.endHandler(
        end -> {
          if (!context.response().ended()) {
            ((RoutingContextInternal) context).setBody(body);
            context.next();
          }
        });
    request.resume();
  }

  private void pass(RoutingContext context) {
    String address = context.request().remoteAddress().hostAddress();
    if (access.isOff() && access.isLocal() && !isOwnName(context.request().authority())) {
      Refusals.end(context, 403, "ask by the name localhost, or 127.0.0.1");
    } else if (changesSomething(context) && isFromElsewhere(context)) {
      Refusals.end(context, 403, "a page of another origin changes nothing here");
    } else if (length(context) > mostBytes) {
      tooLarge(context);
    } else if (isLimited() && !requests.take(address)) {
      tooMany(context, "too many requests; ask again in a second");
    } else if (isLimited() && isSubmit(context) && !submits.take(address)) {
      tooMany(context, "too many submits; give a sweep, or try again in a second");
    } else {
      context.next();
    }
  }

  /** Nobody limits who is alone with the service. */
  private boolean isLimited() {
    return !(access.isOff() && access.isLocal());
  }

  private static boolean isOwnName(HostAndPort authority) {
    return authority == null || OWN_NAMES.contains(authority.host());
  }

  private static boolean changesSomething(RoutingContext context) {
    HttpMethod method = context.request().method();
    return method != HttpMethod.GET && method != HttpMethod.HEAD && method != HttpMethod.OPTIONS;
  }

  private static boolean isSubmit(RoutingContext context) {
    return changesSomething(context) && context.normalizedPath().startsWith("/runs");
  }

  private static boolean isFromElsewhere(RoutingContext context) {
    String origin = context.request().getHeader("Origin");
    HostAndPort authority = context.request().authority();
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

  private static void tooMany(RoutingContext context, String detail) {
    context.response().putHeader("Retry-After", "1");
    Refusals.end(context, 429, detail);
  }

  /** What the head says of the body's length. */
  private static long length(RoutingContext context) {
    String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
    return length == null ? 0 : Long.parseLong(length);
  }

  /** The rest of the body is not read. */
  private void tooLarge(RoutingContext context) {
    context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    context.response().endHandler(ended -> context.request().connection().close());
    Refusals.end(context, 413, "the body is too large; give at most " + mostBytes + " bytes");
  }

  private static void refused(RoutingContext context) {
    if (context.failure() instanceof ForbiddenException && !context.response().headWritten()) {
      Refusals.end(context, 403, "your token's role does not go so far");
    } else {
      context.next();
    }
  }
}
