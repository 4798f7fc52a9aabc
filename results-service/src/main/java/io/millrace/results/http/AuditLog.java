package io.millrace.results.http;

import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.RequestScoped;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** Writes one line for every change and every attempt: who, what, from which address. */
@RequestScoped
public class AuditLog {
  private static final Logger LOG = Logger.getLogger("millrace.audit");

  private final SecurityIdentity identity;
  private final HttpServerRequest request;

  AuditLog(SecurityIdentity identity, HttpServerRequest request) {
    this.identity = identity;
    this.request = request;
  }

  /** Starts a line for the current caller. Call it before any asynchronous work. */
  public Line line(String what) {
    return new Line(identity.getPrincipal().getName(), what, request.remoteAddress().hostAddress());
  }

  /** A line that waits for its outcome. */
  public record Line(String who, String what, String from) {
    /**
     * Ends the line with the outcome of a change: {@code refused} with the message if it fails.
     *
     * @param done describes the outcome if it succeeds
     */
    public <T> Uni<T> endWith(Uni<T> change, Function<T, String> done) {
      return change
          .onItem()
          .invoke(result -> end(done.apply(result)))
          .onFailure()
          .invoke(e -> end("refused, " + e.getMessage()));
    }

    public void end(String outcome) {
      LOG.infof("%s by %s from %s: %s", what, who, from, outcome.replaceAll("\\p{Cntrl}", " "));
    }
  }
}
