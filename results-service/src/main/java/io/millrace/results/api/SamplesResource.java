package io.millrace.results.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.query.RunQueries;
import io.millrace.results.query.RunView;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;

/**
 * What a run's augmentation does to its images, as the augmentation service draws it: the pages ask
 * nobody but this service.
 */
@Path("/runs/{run}/samples")
@Tag(name = "runs")
@RolesAllowed(Roles.READER)
public class SamplesResource {
  private static final Logger LOG = Logger.getLogger(SamplesResource.class);
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(15);
  private static final int MAX_BYTES = 8 << 20;
  private static final int AT_A_TIME = 4;
  private static final String NOTE = "Preview-Note";

  private final RunQueries runs;
  private final ObjectMapper json;
  private final String url;
  private final Optional<String> token;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final Semaphore places = new Semaphore(AT_A_TIME);

  SamplesResource(
      RunQueries runs,
      ObjectMapper json,
      @ConfigProperty(name = "millrace.augmentation.url") String url,
      @ConfigProperty(name = "millrace.augmentation.token") Optional<String> token) {
    this.runs = runs;
    this.json = json;
    this.url = url.replaceAll("/+$", "");
    this.token = token;
  }

  @GET
  @Produces({"image/png", MediaType.APPLICATION_JSON})
  @Operation(
      operationId = "getSamples",
      summary = "Samples of a run's training part with their augmented versions, as an image",
      description =
          "A row for each sample, the original at the left, then an epoch after the other.")
  @APIResponse(responseCode = "200", description = "A PNG file.")
  @APIResponse(
      responseCode = "404",
      description = "No such run is known.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "502",
      description = "The augmentation service does not answer, or has no samples of this run.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Response> samples(
      @PathParam("run") @Parameter(description = "The run's id.") String run,
      @QueryParam("samples")
          @Parameter(
              description = "How many samples.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "8",
                      defaultValue = "3"))
          String samples,
      @QueryParam("variants")
          @Parameter(
              description = "How many versions of each.",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "16",
                      defaultValue = "8"))
          String variants) {
    int rows = Parameters.integer("samples", samples, 3, 1, 8);
    int columns = Parameters.integer("variants", variants, 8, 1, 16);
    return runs.run(Check.name("run", run)).chain(view -> draw(view, rows, columns));
  }

  private Uni<Response> draw(RunView run, int samples, int variants) {
    if (run.request() == null) {
      throw new WebApplicationException("the run's request is not known", 502);
    }
    Map<String, Object> wanted = new LinkedHashMap<>();
    for (String part : new String[] {"dataset", "augmentation", "seed"}) {
      wanted.put(part, run.request().get(part));
    }
    wanted.put("samples", samples);
    wanted.put("variants", variants);
    if (!places.tryAcquire()) {
      throw new WebApplicationException("other samples are being drawn; try again later", 503);
    }
    return Uni.createFrom()
        .completionStage(() -> http.sendAsync(request(wanted), bounded()))
        .ifNoItem()
        .after(ANSWER)
        .fail()
        .onFailure(IOException.class)
        .transform(this::away)
        .onFailure(TimeoutException.class)
        .transform(this::away)
        .onTermination()
        .invoke(places::release)
        .map(this::answer);
  }

  private HttpRequest request(Map<String, Object> wanted) {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(url + "/preview"))
              .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
              .timeout(ANSWER)
              .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(wanted)));
      token.ifPresent(
          bearer -> request.header(HttpHeaders.AUTHORIZATION, "Bearer " + bearer.strip()));
      return request.build();
    } catch (IOException e) {
      throw new IllegalStateException(e); // It was read from JSON.
    }
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

  private Response answer(HttpResponse<byte[]> sheet) {
    if (sheet.statusCode() == 401 || sheet.statusCode() == 403) {
      LOG.warnf("The augmentation service at %s refuses millrace.augmentation.token", url);
      throw new WebApplicationException(
          "the augmentation service does not let this service in; see the log", 502);
    }
    if (sheet.statusCode() != 200 || sheet.body().length == 0) {
      throw new WebApplicationException("the augmentation service has none: " + reason(sheet), 502);
    }
    Response.ResponseBuilder answer =
        Response.ok(sheet.body(), "image/png").header(HttpHeaders.CACHE_CONTROL, "no-store");
    sheet.headers().firstValue(NOTE).ifPresent(note -> answer.header(NOTE, note));
    return answer.build();
  }

  private String reason(HttpResponse<byte[]> refusal) {
    try {
      JsonNode body = json.readTree(refusal.body());
      return body.path("reason").asText("status " + refusal.statusCode());
    } catch (IOException e) {
      return "status " + refusal.statusCode();
    }
  }

  /** Its address is the operator's: it goes to the log, not to the user. */
  private WebApplicationException away(Throwable e) {
    LOG.warnf("The augmentation service at %s does not answer: %s", url, e);
    return new WebApplicationException("the augmentation service does not answer", 502);
  }
}
