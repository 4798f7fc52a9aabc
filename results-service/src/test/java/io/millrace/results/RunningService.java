package io.millrace.results;

import static io.restassured.RestAssured.when;
import static org.awaitility.Awaitility.await;

import io.restassured.path.json.JsonPath;
import io.restassured.path.json.config.JsonPathConfig;
import io.restassured.path.json.config.JsonPathConfig.NumberReturnType;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A test of the service as it runs, with a publisher to the topics that it reads. */
abstract class RunningService {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonPathConfig DOUBLES =
      JsonPathConfig.jsonPathConfig().numberReturnType(NumberReturnType.DOUBLE);

  static Publisher publisher;

  @BeforeAll
  static void connect() {
    publisher = new Publisher(Infrastructure.bootstrapServers());
  }

  @BeforeEach
  void awaitReadiness() {
    await().atMost(PATIENCE).until(() -> when().get("/q/health/ready").statusCode() == 200);
  }

  @AfterAll
  static void disconnect() {
    publisher.close();
  }

  static JsonPath get(String path) {
    return when().get(path).then().statusCode(200).extract().jsonPath(DOUBLES);
  }

  static JsonPath awaitState(String run, String state) {
    return awaitUntil("/runs/" + run, json -> state.equals(json.getString("state")));
  }

  static JsonPath awaitUntil(String path, Predicate<JsonPath> holds) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> {
              var response = when().get(path);
              return response.statusCode() == 200 ? response.jsonPath(DOUBLES) : null;
            },
            json -> json != null && holds.test(json));
  }
}
