package io.millrace.access;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Access for pages of other origins (CORS, Fetch standard). Only configured origins have access.
 * Their pages send a token in the header {@code Authorization}; credentials that the browser adds
 * itself are never allowed.
 */
@ApplicationScoped
public class CrossOrigin {
  private static final String ALL = "*";
  private static final Pattern ORIGIN =
      Pattern.compile("https?://([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:]+])(:\\d{1,5})?");
  private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
  private static final String HEADERS =
      "Accept, Authorization, Content-Type, If-Match, If-None-Match, If-Range, Last-Event-ID,"
          + " Range";
  private static final String EXPOSED =
      "Content-Disposition, Content-Range, ETag, Link, Location, Millrace-Truncated, Retry-After,"
          + " WWW-Authenticate";
  private static final String AN_HOUR = "3600";

  private final Set<String> origins;

  CrossOrigin(CorsSettings settings) {
    origins = Set.copyOf(settings.origins().orElse(List.of()));
  }

  /** Refuses an origin that no browser sends, because it would silently allow no page. */
  void check(@Observes StartupEvent event) {
    for (String origin : origins) {
      if (!origin.equals(ALL) && !ORIGIN.matcher(origin).matches()) {
        throw new ConfigurationException(
            "millrace.cors.origins: '"
                + origin
                + "' is not an origin; give one such as https://lab.example, without a path, or *");
      }
    }
  }

  /** Whether the request's origin is allowed. */
  boolean isAllowed(HttpServerRequest request) {
    String origin = request.getHeader("Origin");
    return origin != null && (origins.contains(ALL) || origins.contains(origin));
  }

  /** Adds the headers that let the browser show the response to an allowed page. */
  void addHeaders(RoutingContext context) {
    if (origins.isEmpty()) {
      return;
    }
    HttpServerResponse response = context.response();
    boolean isForAll = origins.contains(ALL);
    if (!isForAll) {
      response.putHeader("Vary", "Origin");
    }
    if (isAllowed(context.request())) {
      response
          .putHeader(
              "Access-Control-Allow-Origin", isForAll ? ALL : context.request().getHeader("Origin"))
          .putHeader("Access-Control-Expose-Headers", EXPOSED);
    }
  }

  /** Whether a request is the preflight of an allowed page. */
  boolean isPreflight(HttpServerRequest request) {
    return request.method() == HttpMethod.OPTIONS
        && request.getHeader("Access-Control-Request-Method") != null
        && isAllowed(request);
  }

  /** Answers a preflight request. */
  void answerPreflight(RoutingContext context) {
    context
        .response()
        .putHeader("Access-Control-Allow-Methods", METHODS)
        .putHeader("Access-Control-Allow-Headers", HEADERS)
        .putHeader("Access-Control-Max-Age", AN_HOUR)
        .setStatusCode(204)
        .end();
  }
}
