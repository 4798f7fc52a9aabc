package io.millrace.results.http;

import io.millrace.results.query.Remainder;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/**
 * Adds a header to an answer that a limit cut; a file has no other place for this. If there is a
 * next page, {@code Link} points to it (RFC 8288).
 */
public class Continuation {
  /** Set to true if the answer is incomplete and there is no next page. */
  public static final String TRUNCATED = "Millrace-Truncated";

  @ServerResponseFilter
  void tell(ContainerRequestContext request, ContainerResponseContext response) {
    Remainder left =
        response.getEntity() instanceof Remainder.Cuttable answer ? answer.remainder() : null;
    if (left == null) {
      return;
    }
    if (left.isReachable()) {
      URI next =
          request
              .getUriInfo()
              .getRequestUriBuilder()
              .replaceQueryParam(left.parameter(), left.value())
              .build();
      response
          .getHeaders()
          .putSingle(
              HttpHeaders.LINK,
              "<" + next.getRawPath() + "?" + next.getRawQuery() + ">; rel=\"next\"");
    } else {
      response.getHeaders().putSingle(TRUNCATED, "true");
    }
  }
}
