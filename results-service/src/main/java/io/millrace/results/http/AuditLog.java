package io.millrace.results.http;

import io.quarkus.security.identity.SecurityIdentity;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.RequestScoped;
import org.jboss.logging.Logger;

/** One line for everything that somebody has changed, or tried to: who, what, from where. */
@RequestScoped
public class AuditLog {
  private static final Logger LOG = Logger.getLogger("millrace.audit");

  private final SecurityIdentity identity;
  private final HttpServerRequest request;

  AuditLog(SecurityIdentity identity, HttpServerRequest request) {
    this.identity = identity;
    this.request = request;
  }

  /** Who asks, as a line says it; to be kept before the answer is worked at. */
  public Line line(String what) {
    return new Line(identity.getPrincipal().getName(), what, request.remoteAddress().hostAddress());
  }

  /** A line without its outcome. */
  public record Line(String who, String what, String from) {
    public void end(String outcome) {
      LOG.infof("%s by %s from %s: %s", what, who, from, outcome.replaceAll("\\p{Cntrl}", " "));
    }
  }
}
