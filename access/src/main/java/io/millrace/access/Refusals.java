package io.millrace.access;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.quarkus.security.identity.SecurityIdentity;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.nio.channels.ClosedChannelException;

/** Problem documents (RFC 9457) for requests that do not reach a resource. */
public final class Refusals {
  private Refusals() {}

  /** Sends a problem document. */
  public static void end(RoutingContext context, int status, String detail) {
    var problem =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
            .put("status", status)
            .put("detail", detail);
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/problem+json")
        .end(problem.encode());
  }

  /** Sends 429 with a retry after one second. */
  public static void tooMany(RoutingContext context, String detail) {
    context.response().putHeader("Retry-After", "1");
    end(context, 429, detail);
  }

  /** Sends 413 without reading the rest of the body. */
  public static void tooLarge(RoutingContext context, long mostBytes) {
    endAndClose(context, 413, "the body is too large; give at most " + mostBytes + " bytes");
  }

  /**
   * Sends a problem document and closes the connection, on which more of the request may arrive.
   */
  static void endAndClose(RoutingContext context, int status, String detail) {
    context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    context.addEndHandler(ended -> context.request().connection().close());
    end(context, status, detail);
  }

  /**
   * Whether a request failed because the connection was closed, by its caller or for being too
   * slow.
   */
  public static boolean isGone(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpClosedException || cause instanceof ClosedChannelException) {
        return true;
      }
    }
    return false;
  }

  /** The reason why a known caller may not do something. */
  public static String forbidden(SecurityIdentity identity) {
    Role role = Callers.of(identity).role();
    return role == null || role == Role.ADMIN
        ? "this is not allowed"
        : "your token's role (%s) may not do this; it needs %s"
            .formatted(role.lowerCase(), role.next().lowerCase());
  }
}
