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

/** Asks the augmentation service for pictures of data sets: the pages ask nobody but this one. */
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
   * What it answers to a question that it may refuse.
   *
   * @param wanted becomes JSON
   * @return fails with 502 where it does not answer or lets nobody in, with 503 while too many ask
   */
  public Uni<HttpResponse<byte[]>> ask(String path, Map<String, Object> wanted) {
    try {
      return ask(path, json.writeValueAsBytes(wanted));
    } catch (IOException e) {
      throw new IllegalStateException(e); // It was read from JSON.
    }
  }

  /**
   * What it answers to a question that it may refuse.
   *
   * @param wanted JSON
   * @return fails with 502 where it does not answer or lets nobody in, with 503 while too many ask
   */
  public Uni<HttpResponse<byte[]>> ask(String path, byte[] wanted) {
    if (!places.tryAcquire()) {
      throw new WebApplicationException("other samples are being drawn; try again later", 503);
    }
    return Uni.createFrom()
        .completionStage(() -> http.sendAsync(request(path, wanted), bounded()))
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

  private HttpRequest request(String path, byte[] wanted) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
            .timeout(ANSWER)
            .POST(HttpRequest.BodyPublishers.ofByteArray(wanted));
    token.ifPresent(
        bearer -> request.header(HttpHeaders.AUTHORIZATION, "Bearer " + bearer.strip()));
    return request.build();
  }

  /**
   * A body that says that it is larger than it may be, or does not say how large, is left unread.
   */
  private static BodyHandler<byte[]> bounded() {
    return head ->
        head.headers().firstValueAsLong(HttpHeaders.CONTENT_LENGTH).orElse(MAX_BYTES + 1L)
                > MAX_BYTES
            ? BodySubscribers.replacing(new byte[0])
            : BodySubscribers.ofByteArray();
  }

  private void requireAccess(HttpResponse<byte[]> answer) {
    if (answer.statusCode() == 401 || answer.statusCode() == 403) {
      LOG.warnf("The augmentation service at %s refuses millrace.augmentation.token", url);
      throw new WebApplicationException(
          "the augmentation service does not let this service in; see the log", 502);
    }
  }

  /**
   * The sheet of an answer, with what it says beside it.
   *
   * @return fails with 502 where it has none
   */
  Response sheet(HttpResponse<byte[]> answer) {
    Response.ResponseBuilder sheet =
        Response.ok(picture(answer), "image/png").header(HttpHeaders.CACHE_CONTROL, "no-store");
    answer.headers().firstValue(NOTE).ifPresent(note -> sheet.header(NOTE, note));
    return sheet.build();
  }

  /**
   * The picture of an answer.
   *
   * @return fails with 502 where it has none
   */
  public byte[] picture(HttpResponse<byte[]> answer) {
    if (answer.statusCode() != 200 || answer.body().length == 0) {
      throw new WebApplicationException(
          "the augmentation service has no picture: " + refusal(answer).reason(), 502);
    }
    return answer.body();
  }

  /**
   * Why it refuses.
   *
   * @param field of the question; empty where it names none
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

  /** Its address is the operator's: it goes to the log, not to the user. */
  private WebApplicationException away(Throwable e) {
    LOG.warnf("The augmentation service at %s does not answer: %s", url, e);
    return new WebApplicationException("the augmentation service does not answer", 502);
  }
}
