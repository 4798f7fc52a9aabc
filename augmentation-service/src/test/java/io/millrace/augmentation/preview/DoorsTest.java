package io.millrace.augmentation.preview;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.millrace.augmentation.intake.KafkaResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The service when it requires tokens. */
@QuarkusTest
@TestProfile(DoorsTest.WithTokens.class)
@QuarkusTestResource(KafkaResource.class)
@QuarkusTestResource(ResultsStandIn.class)
class DoorsTest {
  private static final String SHAPES = "{\"dataset\": {\"name\": \"shapes\"}}";

  /** Two tokens, {@code a} and {@code b}, and a shorter idle timeout. */
  public static final class WithTokens implements QuarkusTestProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "millrace.auth.tokens.rita.role",
          "reader",
          "millrace.auth.tokens.rita.sha256",
          "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
          "millrace.auth.tokens.sam.role",
          "submitter",
          "millrace.auth.tokens.sam.sha256",
          "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d",
          "quarkus.http.idle-timeout",
          "5s");
    }
  }

  private static RequestSpecification bearer(String token) {
    return given().header("Authorization", "Bearer " + token).urlEncodingEnabled(false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/preview?run=shapes-1",
        "/preview/request?run=shapes-1",
        "/datasets",
        "/datasets/shapes",
        "/nowhere"
      })
  void requestsWithoutAValidTokenAreRefusedWithoutAskingTheResultsService(String path) {
    int before = ResultsStandIn.asked();
    for (RequestSpecification stranger : new RequestSpecification[] {given(), bearer("wrong")}) {
      stranger
          .redirects()
          .follow(false)
          .accept("text/html")
          .get(path)
          .then()
          .statusCode(401)
          .header("WWW-Authenticate", startsWith("Bearer"))
          .contentType("application/problem+json");
    }
    assertThat(ResultsStandIn.asked()).isEqualTo(before);
  }

  @Test
  void aPreviewWithoutATokenIsRefused() {
    given().contentType(ContentType.JSON).body(SHAPES).post("/preview").then().statusCode(401);
  }

  @Test
  void aReaderCanSeeDataSetsAndPreviews() {
    bearer("a").get("/datasets").then().statusCode(200);
    bearer("a").contentType(ContentType.JSON).body(SHAPES).post("/preview").then().statusCode(200);
    bearer("a").get("/preview?run=shapes-1").then().statusCode(200);
    given().header("Cookie", "millrace-token=a").get("/datasets").then().statusCode(200);
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /datasets",
    "DELETE, /datasets/shapes",
    "PUT, /nowhere",
    "POST, /preview/request"
  })
  void aReaderCannotChangeAnything(String method, String path) {
    bearer("a")
        .request(method, path)
        .then()
        .statusCode(403)
        .body("detail", equalTo("your token's role (reader) may not do this; it needs submitter"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/preview;a=b", "/preview%3Ba", "/datasets;x/shapes", "/;/preview"})
  void pathsWithASemicolonAreRefused(String path) {
    for (String token : new String[] {"wrong", "a", "b"}) {
      bearer(token).get(path).then().statusCode(400).body("detail", containsString("';'"));
      bearer(token).post(path).then().statusCode(400);
    }
  }

  @Test
  void healthAndMetricsNeedNoTokenOnThisMachine() {
    given().get("/q/health/live").then().statusCode(200);
    given().get("/q/metrics").then().statusCode(200);
  }

  @Test
  void anIdleHalfSentRequestIsClosed() throws IOException {
    long began = System.nanoTime();
    try (var socket = new Socket("127.0.0.1", RestAssured.port)) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write("POST /pre".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().read()).isNegative();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(20));
  }
}
