package io.millrace.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A client of the results service. */
final class Results {
  private static final ObjectMapper JSON = Json.MAPPER;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final String address;
  private final Optional<String> token;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  Results(String address) {
    this(address, Optional.ofNullable(System.getenv("MILLRACE_TOKEN")));
  }

  /**
   * @param token the bearer token, if the service requires one
   */
  Results(String address, Optional<String> token) {
    this.address = address;
    this.token = token;
  }

  /** A run; empty if it is not known. */
  Optional<JsonNode> run(String run) {
    return get("/runs/" + name("run", run)).map(Results::parse);
  }

  /** An experiment with its variants; empty if it is not known. */
  Optional<JsonNode> experiment(String experiment) {
    return experiment(experiment, null, null);
  }

  /**
   * An experiment with its variants; empty if it is not known.
   *
   * @param metric metric to compare by; null for the service's choice
   * @param baseline variant to compare with; null for the service's choice
   */
  Optional<JsonNode> experiment(String experiment, String metric, String baseline) {
    String query =
        Stream.of(parameter("metric", metric), parameter("baseline", baseline))
            .flatMap(Optional::stream)
            .collect(Collectors.joining("&"));
    return get("/experiments/"
            + name("experiment", experiment)
            + (query.isEmpty() ? "" : "?" + query))
        .map(Results::parse);
  }

  private static Optional<String> parameter(String name, String value) {
    return Optional.ofNullable(value).map(given -> name + "=" + escape(given));
  }

  /** The data sets that augmentation services offer; empty if the service cannot list them. */
  Optional<JsonNode> datasets() {
    return get("/datasets")
        .map(Results::parse)
        .map(answer -> answer.isArray() ? answer : answer.path("datasets"))
        .filter(JsonNode::isArray);
  }

  /** The name of an entry of {@link #datasets}. */
  static String datasetName(JsonNode dataset) {
    return dataset.path("dataset").asText(dataset.path("name").asText());
  }

  /**
   * Cancels a run.
   *
   * @throws UserError if it is not known or has ended
   */
  void cancel(String run) {
    changed("DELETE", "/runs/" + name("run", run));
  }

  /**
   * Cancels an experiment.
   *
   * @return the number of cancelled {@code runs}, of runs of other users that are {@code left}, and
   *     of cancelled {@code sweeps}
   * @throws UserError if it is not known, or all of it belongs to other users
   */
  JsonNode cancelExperiment(String experiment) {
    return changed("POST", "/experiments/" + name("experiment", experiment) + "/cancel");
  }

  /**
   * Requests further seeds of an experiment.
   *
   * @return the new {@code runs}
   * @throws UserError if the service refuses them
   */
  JsonNode more(String experiment, JsonNode body) {
    return answer(
        send(
            "POST",
            "/experiments/" + name("experiment", experiment) + "/more",
            HttpRequest.BodyPublishers.ofString(body.toString())));
  }

  /**
   * Archives, restores or deletes runs.
   *
   * @param kind {@code run} or {@code experiment}
   * @return the number of runs that were changed
   * @throws UserError if it is not known or has not ended
   */
  int housekeep(String verb, String kind, String name) {
    return changed("POST", "/" + kind + "s/" + name(kind, name) + "/" + verb).path("runs").asInt();
  }

  /**
   * Writes a note or tags.
   *
   * @param kind {@code run} or {@code experiment}
   * @return the note and tags after the change
   * @throws UserError if it is not known, or the service refuses the change
   */
  JsonNode write(String kind, String name, JsonNode fields) {
    return answer(
        send(
            "PATCH",
            "/" + kind + "s/" + name(kind, name),
            HttpRequest.BodyPublishers.ofString(fields.toString())));
  }

  private JsonNode changed(String method, String path) {
    return answer(send(method, path));
  }

  private static JsonNode answer(HttpResponse<String> response) {
    if (response.statusCode() >= 300) {
      String detail = detail(response);
      throw new UserError(
          detail.isEmpty()
              ? "the results service responded with status " + response.statusCode()
              : detail);
    }
    return response.body().isEmpty() ? JSON.createObjectNode() : parse(response.body());
  }

  /** Reads a path that always exists. */
  JsonNode read(String path) {
    return get(path)
        .map(Results::parse)
        .orElseThrow(() -> new UserError("the results service has no path " + path));
  }

  /** Encodes the value of a query parameter. */
  static String escape(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** The mean loss of a run's steps, from a step on; empty if there are none. */
  OptionalDouble meanLoss(String run, long from) {
    return get("/runs/" + run + "/losses?from=" + from).map(Results::parse).stream()
        .flatMap(losses -> StreamSupport.stream(losses.path("steps").spliterator(), false))
        .map(step -> step.path("loss"))
        .filter(JsonNode::isNumber)
        .mapToDouble(JsonNode::asDouble)
        .average();
  }

  /**
   * The error for a run or an experiment that is not known, in the words of the service.
   *
   * @param kind {@code run} or {@code experiment}
   */
  static UserError unknown(String kind, String name) {
    return new UserError(kind + " " + Check.quote(name) + " does not exist");
  }

  private static String name(String field, String text) {
    try {
      return Check.name(field, text);
    } catch (InvalidMessageException e) {
      throw new UserError(e.getMessage());
    }
  }

  /** Reads a path as text; empty if the service responds with 404. */
  Optional<String> get(String path) {
    HttpResponse<String> response = send("GET", path);
    if (response.statusCode() == 404) {
      return Optional.empty();
    }
    if (response.statusCode() != 200) {
      throw new UserError(
          "the results service responded with status "
              + response.statusCode()
              + ": "
              + detail(response));
    }
    return Optional.of(response.body());
  }

  private static String detail(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body()).path("detail").asText();
    } catch (JsonProcessingException e) {
      return "";
    }
  }

  /**
   * Why the service would reject a request; empty if it would accept it. Also empty if the service
   * is unavailable: the request can still be published, and admission checks it later.
   */
  Optional<String> complaint(byte[] request) {
    HttpResponse<String> response;
    try {
      response = send("POST", "/runs/check", HttpRequest.BodyPublishers.ofByteArray(request));
    } catch (UserError e) {
      return Optional.empty();
    }
    return switch (response.statusCode()) {
      case 400, 409, 429 -> Optional.of(detail(response));
      default -> Optional.empty();
    };
  }

  private HttpResponse<String> send(String method, String path) {
    return send(method, path, HttpRequest.BodyPublishers.noBody());
  }

  private HttpResponse<String> send(String method, String path, HttpRequest.BodyPublisher body) {
    var request =
        HttpRequest.newBuilder(URI.create(address + path))
            .method(method, body)
            .header("Content-Type", "application/json")
            .timeout(TIMEOUT);
    token.ifPresent(bearer -> request.header("Authorization", "Bearer " + bearer));
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UserError(
          "the results service at "
              + address
              + " is unavailable; start it with: deploy/millrace up");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError("interrupted");
    }
  }

  private static JsonNode parse(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new UserError("the response of the results service is not JSON: " + body);
    }
  }
}
