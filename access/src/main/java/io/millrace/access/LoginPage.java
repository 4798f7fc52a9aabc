package io.millrace.access;

import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/** A service with pages has one bean of this kind: where browsers can log in. */
public interface LoginPage {
  /**
   * Where a request without a token is led to, a path of this service; empty for what is not looked
   * at by people, which is refused.
   */
  Optional<String> address(RoutingContext request);
}
