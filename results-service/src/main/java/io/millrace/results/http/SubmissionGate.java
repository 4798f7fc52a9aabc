package io.millrace.results.http;

import io.millrace.access.Access;
import io.millrace.access.Gate;
import io.millrace.access.RateLimit;
import io.millrace.access.Refusals;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Limits how often an address may change runs and how large a training request may be. */
@ApplicationScoped
public class SubmissionGate {
  /** After the filters of Quarkus (-200 and -100) and before its body limit (-2). */
  private static final int AFTER_AUTHORIZATION = -50;

  private final Access access;
  private final RateLimit submits;
  private final long mostBytes;

  SubmissionGate(
      Access access,
      @ConfigProperty(name = "millrace.limits.submits-per-second") double submitsPerSecond,
      @ConfigProperty(name = "quarkus.http.limits.max-body-size") MemorySize maxBodySize) {
    this.access = access;
    this.mostBytes = maxBodySize.asLongValue();
    // A script may submit several requests in a burst.
    submits = new RateLimit(submitsPerSecond, (int) (20 * submitsPerSecond), System::nanoTime);
  }

  void register(@Observes Filters filters) {
    filters.register(this::pass, Gate.FIRST - 1);
  }

  private void pass(RoutingContext context) {
    String address = context.request().remoteAddress().hostAddress();
    if (access.isLimited() && isSubmit(context) && !submits.take(address)) {
      Refusals.tooMany(context, "too many requests; submit a sweep, or try again in a second");
    } else {
      context.next();
    }
  }

  private static boolean isSubmit(RoutingContext context) {
    String path = context.normalizedPath();
    return Gate.changesSomething(context.request())
        && (path.startsWith("/runs") || path.endsWith("/more"));
  }

  /**
   * Counts the bytes of bodies without a length, after authorization. Quarkus would count them too,
   * but without an error message.
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
            Refusals.tooLarge(context, mostBytes);
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
}
