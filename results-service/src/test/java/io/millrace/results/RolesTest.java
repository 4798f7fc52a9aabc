package io.millrace.results;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.DisabledOnIntegrationTest;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The permissions of every role, for every method and every spelling of a path. */
@QuarkusTest
@TestProfile(DoorsTest.WithTokens.class)
class RolesTest {
  private static final List<String> READING = List.of("GET", "HEAD", "OPTIONS");
  private static final List<String> CHANGING =
      List.of("POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "Delete");

  /** Paths that need a token, and other spellings of them. */
  private static final List<String> SPELLINGS =
      List.of(
          "/runs",
          "/runs/",
          "//runs",
          "/runs//",
          "/runs/roles-1",
          "/runs/roles-1/",
          "//runs//roles-1",
          "/runs/./roles-1",
          "/./runs",
          "/ui/../runs",
          "/login/../runs",
          "/login/../runs/roles-1",
          "/ui/assets/../../runs",
          "/ui/assets/%2e%2e/%2E%2E/runs",
          "/%72uns",
          "/run%73/roles-1",
          "/runs%2Froles-1",
          "/runs%2froles-1",
          "/runs/%72oles-1",
          "/runs%20",
          "/runs%00",
          "/Runs",
          "/RUNS/roles-1",
          "/runs/roles-1/archive",
          "/runs/roles-1/restore",
          "/runs/roles-1/delete",
          "/experiments/roles/archive",
          "/experiments/roles/delete",
          "/experiments/roles/cancel",
          "/experiments/roles/more",
          "/runs?a=b",
          "/runs?a=b;c=d",
          "/runs#login",
          "/runs/roles-1?x=/login",
          "http://localhost/runs",
          "http://localhost/runs/roles-1",
          "http://localhost/login/../runs",
          "/login/x",
          "/loginx",
          "/Login",
          "/ui/login/x",
          "/q/health/../../runs",
          "/q/openapi",
          "/curves",
          "/nowhere");

  /** Paths below public paths that lead to no other resource. */
  private static final List<String> BEHIND_OPEN_DOORS =
      List.of(
          "/login/",
          "/logout/",
          "/ui/assets/..%2f..%2fruns",
          "/ui/assets/..%2F..%2Fruns%2Froles-1",
          "/ui/assets/..%5c..%5cruns",
          "/ui/assets/%252e%252e/runs",
          "/ui/assets/runs");

  private static final List<String> WITH_SEMICOLONS =
      List.of(
          "/runs;a=b",
          "/runs;",
          "/runs/;",
          "/runs/roles-1;a=b",
          "/runs;x/roles-1",
          "/runs;x=y;z/roles-1;",
          "/;/runs",
          "//;//runs",
          "/login;/../runs",
          "/login;a=b",
          "/ui/login;a=b",
          "/ui/assets/;/../../runs",
          "/q/health;a",
          "/runs%3ba=b",
          "/runs%3Ba=b",
          "/runs%3Bx/roles-1",
          "/runs%253Ba=b",
          "/runs%25253ba=b",
          "http://localhost/runs;a=b");

  /** Counts the requests. Each has its own address, so that no limit per address applies. */
  private int requests;

  private String status(String method, String target, String token) throws IOException {
    requests++;
    String address = "127.1." + requests / 250 + "." + (1 + requests % 250);
    String body =
        method.equals("POST") && "ritas-token".equals(token)
            ? new String(
                Events.imageRequest("roles-1", "roles", "plain", 1), StandardCharsets.US_ASCII)
            : method.equals("POST") ? "{}" : "";
    return RawRequest.of(method, target).by(token).from(address).with(body).status();
  }

  @Test
  void aCallerWithoutAValidTokenIsRefusedOnEveryPath() throws IOException {
    for (String path : SPELLINGS) {
      for (String method : all()) {
        assertThat(status(method, path, null)).as(method + " " + path).isIn("401", "400");
        assertThat(status(method, path, "wrong")).as(method + " " + path).isIn("401", "400");
      }
    }
  }

  @Test
  void aReaderCannotChangeAnythingHoweverThePathIsSpelled() throws IOException {
    for (String path : SPELLINGS) {
      for (String method : CHANGING) {
        assertThat(status(method, path, "ritas-token")).as(method + " " + path).isIn("403", "400");
      }
      for (String method : READING) {
        assertThat(status(method, path, "ritas-token"))
            .as(method + " " + path)
            .isNotIn("401", "403", "500");
      }
    }
    given()
        .header("Authorization", "Bearer ritas-token")
        .get("/runs/roles-1")
        .then()
        .statusCode(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sams-token", "adas-token"})
  void aCallerWhoMaySubmitIsNeverForbidden(String token) throws IOException {
    for (String path : SPELLINGS) {
      for (String method : all()) {
        assertThat(status(method, path, token))
            .as(method + " " + path)
            .isNotIn("401", "403", "500", "202");
      }
    }
    assertThat(status("POST", "/runs", token)).isEqualTo("400");
    assertThat(status("DELETE", "/runs/roles-1", token)).isEqualTo("404");
  }

  @Test
  void publicPathsLeadToNoProtectedResource() throws IOException {
    for (String path : BEHIND_OPEN_DOORS) {
      for (String method : all()) {
        for (String token : new String[] {null, "ritas-token"}) {
          String status = status(method, path, token);
          if (method.equals("OPTIONS") || path.startsWith("/log")) {
            // OPTIONS lists the allowed methods; login and logout are public.
            assertThat(status).as(method + " " + path).isNotIn("202", "500");
          } else {
            assertThat(status).as(method + " " + path).isIn("400", "401", "403", "404", "405");
          }
        }
      }
    }
  }

  @Test
  void aPathWithASemicolonIsRefused() throws IOException {
    for (String path : WITH_SEMICOLONS) {
      for (String token : new String[] {null, "wrong", "ritas-token", "sams-token", "adas-token"}) {
        for (String method : all()) {
          assertThat(status(method, path, token)).as(method + " " + path).isEqualTo("400");
        }
      }
    }
    assertThat(RawRequest.of("POST", "/runs;a=b").by("ritas-token").answer())
        .contains("application/problem+json")
        .contains("the path contains ';'");
  }

  @Test
  void loginAndLogoutAreOpenToEverybody() throws IOException {
    for (String token : new String[] {null, "ritas-token"}) {
      assertThat(status("POST", "/logout", token)).isEqualTo("303");
      assertThat(status("GET", "/ui/login", token)).isEqualTo("200");
      assertThat(status("GET", "/ui/assets/app.css", token)).isIn("200", "404");
    }
    given()
        .redirects()
        .follow(false)
        .formParam("token", "ritas-token")
        .post("/login")
        .then()
        .statusCode(303);
  }

  @Test
  @DisabledOnIntegrationTest("what is packaged has no such resource")
  void aResourceWithoutDeclaredRolesIsForbiddenEvenToAnAdmin() throws IOException {
    assertThat(status("GET", "/forgotten", "adas-token")).isEqualTo("403");
  }

  private static List<String> all() {
    return Stream.concat(READING.stream(), CHANGING.stream()).toList();
  }
}
