package io.millrace.access;

import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** The login page. A service with pages has one bean of this type. */
public interface LoginPage {
  /**
   * The path that a request without a token is redirected to; empty for requests that are not for a
   * page, which are refused.
   */
  Optional<String> address(RoutingContext request);
}
