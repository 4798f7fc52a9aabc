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

/** What the results service answers. */
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
   * @param token that is shown, where the service asks for one
   */
  Results(String address, Optional<String> token) {
    this.address = address;
    this.token = token;
  }

  /** A run; empty while nobody has heard of it. */
  Optional<JsonNode> run(String run) {
    return get("/runs/" + name("run", run)).map(Results::parse);
  }

  /** An experiment's variants side by side; empty where there is none. */
  Optional<JsonNode> experiment(String experiment) {
    return experiment(experiment, null, null);
  }

  /**
   * Likewise.
   *
   * @param metric by which they are compared; null for the service's choice
   * @param baseline with which they are compared; likewise
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

  /** The data sets that augmenters serve; empty where the service has no list of them. */
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
   * @throws UserError where it is not known or has ended
   */
  void cancel(String run) {
    changed("DELETE", "/runs/" + name("run", run));
  }

  /**
   * Cancels an experiment.
   *
   * @return {@code runs} that are cancelled, those {@code left} to others, and {@code sweeps}
   * @throws UserError where it is not known, or all of it belongs to others
   */
  JsonNode cancelExperiment(String experiment) {
    return changed("POST", "/experiments/" + name("experiment", experiment) + "/cancel");
  }

  /**
   * Asks for further seeds of an experiment.
   *
   * @return with the {@code runs}
   * @throws UserError where they are refused
   */
  JsonNode more(String experiment, JsonNode asked) {
    return answer(
        send(
            "POST",
            "/experiments/" + name("experiment", experiment) + "/more",
            HttpRequest.BodyPublishers.ofString(asked.toString())));
  }

  /**
   * Archives, restores or deletes.
   *
   * @param kind {@code run} or {@code experiment}
   * @return how many runs were changed
   * @throws UserError where it is not known or has not ended
   */
  int putAway(String verb, String kind, String name) {
    return changed("POST", "/" + kind + "s/" + name(kind, name) + "/" + verb).path("runs").asInt();
  }

  /**
   * Writes a note, or changes tags.
   *
   * @param kind {@code run} or {@code experiment}
   * @return what is written of it now
   * @throws UserError where it is not known, or what is asked is refused
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
          detail.isEmpty() ? "the results service answers " + response.statusCode() : detail);
    }
    return response.body().isEmpty() ? JSON.createObjectNode() : parse(response.body());
  }

  /** What lies under a path that always has something. */
  JsonNode read(String path) {
    return get(path)
        .map(Results::parse)
        .orElseThrow(() -> new UserError("the results service knows no " + path));
  }

  /** A value of a query's parameter. */
  static String escape(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  /** The mean loss of a run's steps from one on; empty where there are none. */
  OptionalDouble meanLoss(String run, long from) {
    return get("/runs/" + run + "/losses?from=" + from).map(Results::parse).stream()
        .flatMap(losses -> StreamSupport.stream(losses.path("steps").spliterator(), false))
        .map(step -> step.path("loss"))
        .filter(JsonNode::isNumber)
        .mapToDouble(JsonNode::asDouble)
        .average();
  }

  private static String name(String field, String text) {
    try {
      return Check.name(field, text);
    } catch (InvalidMessageException e) {
      throw new UserError(e.getMessage());
    }
  }

  /** What lies under a path, as text; empty where nothing does. */
  Optional<String> get(String path) {
    HttpResponse<String> response = send("GET", path);
    if (response.statusCode() == 404) {
      return Optional.empty();
    }
    if (response.statusCode() != 200) {
      throw new UserError(
          "the results service answers " + response.statusCode() + ": " + detail(response));
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
   * What the service would refuse a request for; empty where it would take it, or does not answer:
   * a broker alone takes requests too, and the service answers them when it is there.
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
          "no results service answers at " + address + "; start it with: deploy/millrace up");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError("interrupted");
    }
  }

  private static JsonNode parse(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new UserError("the results service answers with what is not JSON: " + body);
    }
  }
}
