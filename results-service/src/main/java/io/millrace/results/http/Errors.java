package io.millrace.results.http;

import io.millrace.access.Refusals;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.results.live.TooManyStreamsException;
import io.millrace.results.model.ModelStoreUnavailableException;
import io.millrace.results.query.UnknownException;
import io.millrace.results.store.Outage;
import io.millrace.results.submission.ConflictException;
import io.millrace.results.submission.ForeignRunException;
import io.millrace.results.submission.FullException;
import io.millrace.results.submission.PublishingException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Maps exceptions to problem documents. */
public class Errors {
  private static final Logger LOG = Logger.getLogger(Errors.class);

  private final SecurityIdentity identity;

  Errors(SecurityIdentity identity) {
    this.identity = identity;
  }

  @ServerExceptionMapper
  Response invalid(InvalidMessageException e) {
    return problem(400, e.getMessage(), e.field().isEmpty() ? null : e.field());
  }

  @ServerExceptionMapper
  Response unknown(UnknownException e) {
    return problem(404, e.getMessage(), null);
  }

  @ServerExceptionMapper
  Response conflict(ConflictException e) {
    return problem(409, e.getMessage(), e.field());
  }

  @ServerExceptionMapper
  Response foreign(ForeignRunException e) {
    return problem(403, e.getMessage(), null);
  }

  @ServerExceptionMapper
  Response full(FullException e) {
    return problem(429, e.getMessage(), null);
  }

  @ServerExceptionMapper
  Response unpublished(PublishingException e) {
    LOG.warnf("cannot publish a submitted request: %s", e.getMessage());
    return problem(503, "Kafka is unavailable; try again later", null);
  }

  @ServerExceptionMapper
  Response away(ModelStoreUnavailableException e) {
    LOG.warnf("cannot read a model: %s", e.getMessage());
    return problem(503, "the model store is unavailable; try again later", null);
  }

  @ServerExceptionMapper
  Response full(TooManyStreamsException e) {
    return problem(503, e.getMessage(), null);
  }

  @ServerExceptionMapper
  Response forbidden(ForbiddenException e) {
    return problem(403, Refusals.forbidden(identity), null);
  }

  @ServerExceptionMapper
  Response http(WebApplicationException e) {
    int status = e.getResponse().getStatus();
    return problem(status, status == 404 ? "this resource does not exist" : e.getMessage(), null);
  }

  @ServerExceptionMapper
  Response other(Throwable e) {
    if (Outage.isUnreachable(e)) {
      LOG.warnf("cannot answer a request: %s", Outage.describe(e));
      return problem(503, "the database is unavailable; try again later", null);
    }
    if (Refusals.isGone(e)) {
      LOG.debugf("a caller disconnected: %s", e.getMessage());
      return problem(400, "the request ended early", null);
    }
    LOG.error("cannot answer a request", e);
    return problem(500, "internal error; see the log of the service", null);
  }

  private static Response problem(int status, String detail, String field) {
    return answer(status, detail, field).build();
  }

  /** A problem document. */
  public static Response.ResponseBuilder answer(int status, String detail, String field) {
    Response.Status known = Response.Status.fromStatusCode(status);
    String title = known == null ? "Error" : known.getReasonPhrase();
    return Response.status(status)
        .type("application/problem+json")
        .entity(new ErrorBody("about:blank", title, status, detail, field));
  }
}
