package io.millrace.results.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * A client of the augmentation service for images of samples. Pages only call the results service.
 */
@ApplicationScoped
public class AugmentationService {
  private static final Logger LOG = Logger.getLogger(AugmentationService.class);
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(15);
  private static final int MAX_BYTES = 8 << 20;
  private static final int AT_A_TIME = 4;
  private static final String NOTE = "Preview-Note";

  private final ObjectMapper json;
  private final String url;
  private final Optional<String> token;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final Semaphore places = new Semaphore(AT_A_TIME);

  AugmentationService(
      ObjectMapper json,
      @ConfigProperty(name = "millrace.augmentation.url") String url,
      @ConfigProperty(name = "millrace.augmentation.token") Optional<String> token) {
    this.json = json;
    this.url = url.replaceAll("/+$", "");
    this.token = token;
  }

  /**
   * Sends a request and returns the response, which may be an error.
   *
   * @param body written as JSON
   * @return fails with 502 if the service does not answer or rejects the token, and with 503 if too
   *     many requests are in progress
   */
  public Uni<HttpResponse<byte[]>> ask(String path, Map<String, Object> body) {
    try {
      return ask(path, json.writeValueAsBytes(body));
    } catch (IOException e) {
      throw new IllegalStateException(e); // Cannot happen: the value was read from JSON.
    }
  }

  /**
   * Sends a request and returns the response, which may be an error.
   *
   * @param body JSON
   * @return fails with 502 if the service does not answer or rejects the token, and with 503 if too
   *     many requests are in progress
   */
  public Uni<HttpResponse<byte[]>> ask(String path, byte[] body) {
    if (!places.tryAcquire()) {
      throw new WebApplicationException(
          "the augmentation service is busy; try again in a second", 503);
    }
    return Uni.createFrom()
        .completionStage(() -> http.sendAsync(request(path, body), bounded()))
        .ifNoItem()
        .after(ANSWER)
        .fail()
        .onFailure(IOException.class)
        .transform(this::away)
        .onFailure(TimeoutException.class)
        .transform(this::away)
        .onTermination()
        .invoke(places::release)
        .invoke(this::requireAccess);
  }

  private HttpRequest request(String path, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
            .timeout(ANSWER)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    token.ifPresent(
        bearer -> request.header(HttpHeaders.AUTHORIZATION, "Bearer " + bearer.strip()));
    return request.build();
  }

  /** Ignores bodies that are too large or have no length. */
  private static BodyHandler<byte[]> bounded() {
    return head ->
        head.headers().firstValueAsLong(HttpHeaders.CONTENT_LENGTH).orElse(MAX_BYTES + 1L)
                > MAX_BYTES
            ? BodySubscribers.replacing(new byte[0])
            : BodySubscribers.ofByteArray();
  }

  private void requireAccess(HttpResponse<byte[]> answer) {
    if (answer.statusCode() == 401 || answer.statusCode() == 403) {
      LOG.warnf(
          "the augmentation service at %s rejects the token; check millrace.augmentation.token",
          url);
      throw new WebApplicationException(
          "the augmentation service rejects the token of this service; see the log", 502);
    }
  }

  /**
   * The image of a preview, with its note.
   *
   * @return fails with 502 if there is none
   */
  Response sheet(HttpResponse<byte[]> answer) {
    Response.ResponseBuilder sheet =
        Response.ok(picture(answer), "image/png").header(HttpHeaders.CACHE_CONTROL, "no-store");
    answer.headers().firstValue(NOTE).ifPresent(note -> sheet.header(NOTE, note));
    return sheet.build();
  }

  /**
   * The image of a response.
   *
   * @return fails with 502 if there is none
   */
  public byte[] picture(HttpResponse<byte[]> answer) {
    if (answer.statusCode() != 200 || answer.body().length == 0) {
      throw new WebApplicationException(
          "the augmentation service has no image: " + refusal(answer).reason(), 502);
    }
    return answer.body();
  }

  /**
   * Why the service rejects a request.
   *
   * @param field the faulty field of the request; empty if it names none
   */
  public record Refused(String field, String reason) {}

  public Refused refusal(HttpResponse<byte[]> answer) {
    String status = "status " + answer.statusCode();
    try {
      JsonNode body = json.readTree(answer.body());
      return new Refused(body.path("field").asText(""), body.path("reason").asText(status));
    } catch (IOException e) {
      return new Refused("", status);
    }
  }

  /** The address is for the operator: it goes to the log, not to the user. */
  private WebApplicationException away(Throwable e) {
    LOG.warnf("the augmentation service at %s does not answer: %s", url, e);
    return new WebApplicationException("the augmentation service does not answer", 502);
  }
}
