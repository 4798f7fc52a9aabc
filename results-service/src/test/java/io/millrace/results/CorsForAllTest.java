package io.millrace.results;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Pages of every origin. */
@QuarkusTest
@TestProfile(CorsForAllTest.OfEveryOrigin.class)
class CorsForAllTest {
  /** Lets all pages ask, by tokens. */
  public static final class OfEveryOrigin extends DoorsTest.WithTokens {
    @Override
    public Map<String, String> getConfigOverrides() {
      var overrides = new HashMap<>(super.getConfigOverrides());
      overrides.put("millrace.cors.origins", "*");
      return overrides;
    }
  }

  @Test
  void everyOriginMayUseATokenButNotBrowserCredentials() {
    given()
        .header("Origin", "https://anywhere.example")
        .header("Authorization", "Bearer ritas-token")
        .get("/runs")
        .then()
        .statusCode(200)
        .header("Access-Control-Allow-Origin", equalTo("*"))
        .header("Access-Control-Allow-Credentials", nullValue());
    given()
        .header("Origin", "https://anywhere.example")
        .header("Access-Control-Request-Method", "POST")
        .options("/runs")
        .then()
        .statusCode(204)
        .header("Access-Control-Allow-Origin", equalTo("*"))
        .header("Access-Control-Allow-Credentials", nullValue());
  }
}
