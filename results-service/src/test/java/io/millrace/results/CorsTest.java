package io.millrace.results;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests from pages of allowed origins and of other origins. */
@QuarkusTest
@TestProfile(DoorsTest.WithTokens.class)
class CorsTest {
  static final String ALLOWED = "https://lab.example";

  private static RequestSpecification from(String origin, String token) {
    RequestSpecification request = given().header("Origin", origin);
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  @Test
  void aPageFromAnAllowedOriginCanReadWithItsToken() {
    from(ALLOWED, "ritas-token")
        .get("/runs")
        .then()
        .statusCode(200)
        .header("Access-Control-Allow-Origin", equalTo(ALLOWED))
        .header("Access-Control-Allow-Credentials", nullValue())
        .header("Access-Control-Expose-Headers", containsString("Link"))
        .header("Vary", containsString("Origin"));
    from("http://localhost:3000", "ritas-token")
        .get("/runs")
        .then()
        .header("Access-Control-Allow-Origin", equalTo("http://localhost:3000"));
  }

  @Test
  void aPageFromAnAllowedOriginCanReadWhyItIsRefused() {
    from(ALLOWED, null)
        .get("/runs")
        .then()
        .statusCode(401)
        .header("Access-Control-Allow-Origin", equalTo(ALLOWED));
    from(ALLOWED, "sams-token")
        .contentType("application/json")
        .body("{}")
        .post("/runs")
        .then()
        .statusCode(400)
        .header("Access-Control-Allow-Origin", equalTo(ALLOWED));
  }

  @Test
  void theLoginCookieDoesNotAuthenticateOtherOrigins() {
    given().cookie("millrace-token", "sams-token").get("/runs").then().statusCode(200);
    from(ALLOWED, null).cookie("millrace-token", "sams-token").get("/runs").then().statusCode(401);
    from(ALLOWED, null)
        .cookie("millrace-token", "sams-token")
        .contentType("text/plain")
        .body("{}")
        .post("/runs")
        .then()
        .statusCode(401);
  }

  @Test
  void aPreflightRequestNeedsNoToken() {
    from(ALLOWED, null)
        .header("Access-Control-Request-Method", "DELETE")
        .header("Access-Control-Request-Headers", "authorization")
        .options("/runs/cors-1")
        .then()
        .statusCode(204)
        .header("Access-Control-Allow-Origin", equalTo(ALLOWED))
        .header("Access-Control-Allow-Methods", containsString("DELETE"))
        .header("Access-Control-Allow-Headers", containsString("Authorization"))
        .header("Access-Control-Allow-Credentials", nullValue());
  }

  @Test
  void anOriginThatIsNotAllowedCannotReadOrSubmit() {
    for (String origin :
        List.of(
            "https://elsewhere.example",
            "http://lab.example",
            "https://lab.example:8443",
            "https://lab.example.elsewhere.example",
            "null")) {
      from(origin, "ritas-token")
          .get("/runs")
          .then()
          .header("Access-Control-Allow-Origin", nullValue());
      from(origin, "sams-token")
          .contentType("application/json")
          .body("{}")
          .post("/runs")
          .then()
          .statusCode(403)
          .header("Access-Control-Allow-Origin", nullValue());
      from(origin, null)
          .header("Access-Control-Request-Method", "GET")
          .options("/runs")
          .then()
          .statusCode(401)
          .header("Access-Control-Allow-Origin", nullValue());
    }
  }
}
