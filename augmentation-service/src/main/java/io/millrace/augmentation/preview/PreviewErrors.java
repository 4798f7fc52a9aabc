package io.millrace.augmentation.preview;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Maps exceptions to JSON errors. */
class PreviewErrors {
  private static final Logger LOG = Logger.getLogger(PreviewErrors.class);

  @ServerExceptionMapper
  Response invalid(InvalidMessageException e) {
    return answer(400, e.field(), e.reason());
  }

  @ServerExceptionMapper
  Response refused(RefusalException e) {
    return answer(e.status(), e.field(), e.getMessage());
  }

  @ServerExceptionMapper
  Response http(WebApplicationException e) {
    int status = e.getResponse().getStatus();
    String reason =
        switch (status) {
          case 404 -> "this resource does not exist";
          case 415 -> "the body must have the media type application/json";
          default -> e.getMessage();
        };
    return answer(status, "", reason);
  }

  @ServerExceptionMapper
  Response other(Throwable e) {
    if (io.millrace.access.Refusals.isGone(e)) {
      LOG.debugf("The caller disconnected: %s", e.getMessage());
      return answer(400, "", "the request ended early");
    }
    LOG.error("A preview failed unexpectedly", e);
    return answer(500, "", "internal error; see the log of the service");
  }

  private static Response answer(int status, String field, String reason) {
    var response =
        Response.status(status)
            .type(MediaType.APPLICATION_JSON_TYPE)
            .entity(Messages.write(new Refusal(field, reason)));
    return (status == 503 ? response.header(HttpHeaders.RETRY_AFTER, 1) : response).build();
  }
}
