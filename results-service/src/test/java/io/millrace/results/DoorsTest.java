package io.millrace.results;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import com.microsoft.playwright.Page;
import io.millrace.embedded.EmbeddedS3;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A service that requires tokens and has its model store in a bucket. */
@QuarkusTest
@TestProfile(DoorsTest.WithTokens.class)
class DoorsTest {
  @TestHTTPResource("/")
  URI root;

  /**
   * The settings of all tests with tokens, which share one service: a token of each role, two
   * allowed origins, a bucket, a stand-in for the augmentation service, and short timeouts for slow
   * callers.
   */
  public static class WithTokens implements QuarkusTestProfile {
    @Override
    public boolean disableGlobalTestResources() {
      return true;
    }

    @Override
    public List<TestResourceEntry> testResources() {
      return List.of(
          new TestResourceEntry(Infrastructure.class, Map.of(Infrastructure.BUCKET, "")),
          new TestResourceEntry(AugmentationStandIn.class));
    }

    @Override
    public Map<String, String> getConfigOverrides() {
      return Map.of(
          "millrace.auth.tokens.rita.role",
          "reader",
          "millrace.auth.tokens.rita.sha256",
          sha256("ritas-token"),
          "millrace.auth.tokens.sam.role",
          "submitter",
          "millrace.auth.tokens.sam.sha256",
          sha256("sams-token"),
          "millrace.auth.tokens.ada.role",
          "admin",
          "millrace.auth.tokens.ada.sha256",
          sha256("adas-token"),
          "millrace.cors.origins",
          CorsTest.ALLOWED + ",http://localhost:3000",
          "millrace.limits.submits-per-second",
          "1",
          "millrace.limits.body-timeout",
          "4s",
          "quarkus.http.idle-timeout",
          "6s");
    }
  }

  @Test
  void aModelInABucketCanBeDownloadedWholeOrInParts() {
    var model = new byte[300_000];
    new Random(1).nextBytes(model);
    try (var store =
        S3Client.builder()
            .endpointOverride(Infrastructure.bucketEndpoint())
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
            .build()) {
      store.putObject(
          request -> request.bucket(EmbeddedS3.BUCKET).key("models/in-bucket/model.zip"),
          RequestBody.fromBytes(model));
    }
    try (var publisher = new Publisher(Infrastructure.bootstrapServers())) {
      for (String run : new String[] {"in-bucket", "gone"}) {
        Events events = Events.ofImages(run, "bucket", "plain", 1);
        publisher.events(events.started(), events.completed(1));
      }
    }
    await()
        .atMost(RunningService.PATIENCE)
        .until(
            () -> {
              var run = bearer("ritas-token").get("/runs/gone");
              return run.statusCode() == 200 && run.jsonPath().get("model.path") != null;
            });

    assertThat(
            bearer("ritas-token")
                .get("/runs/in-bucket/model")
                .then()
                .statusCode(200)
                .header("Content-Length", equalTo("300000"))
                .extract()
                .asByteArray())
        .isEqualTo(model);
    bearer("ritas-token")
        .head("/runs/in-bucket/model")
        .then()
        .statusCode(200)
        .header("Content-Length", equalTo("300000"));
    assertThat(
            bearer("ritas-token")
                .header("Range", "bytes=299000-")
                .get("/runs/in-bucket/model")
                .then()
                .statusCode(206)
                .header("Content-Range", equalTo("bytes 299000-299999/300000"))
                .header("Content-Length", equalTo("1000"))
                .extract()
                .asByteArray())
        .isEqualTo(Arrays.copyOfRange(model, 299_000, 300_000));
    bearer("ritas-token").get("/runs/gone/model").then().statusCode(404);

    Infrastructure.stopBucket();
    bearer("ritas-token")
        .get("/runs/in-bucket/model")
        .then()
        .statusCode(503)
        .contentType("application/problem+json");
  }

  @Test
  void healthAndMetricsAreReadableWithoutATokenButDataIsNot() {
    for (String path : new String[] {"/runs", "/experiments", "/runs/x/events", "/nowhere"}) {
      given()
          .get(path)
          .then()
          .statusCode(401)
          .header("WWW-Authenticate", startsWith("Bearer"))
          .contentType("application/problem+json")
          .body("status", equalTo(401));
    }
    given().get("/q/openapi").then().statusCode(401);
    given().get("/q/health/live").then().statusCode(200);
    given().get("/q/metrics").then().statusCode(200);
  }

  @Test
  void aBrowserIsRedirectedToTheLoginPage() {
    given()
        .redirects()
        .follow(false)
        .accept("text/html")
        .get("/ui/")
        .then()
        .statusCode(303)
        .header("Location", equalTo("/ui/login"));
    given()
        .redirects()
        .follow(false)
        .accept("text/html")
        .header("Host", "elsewhere.example")
        .get("/ui/runs?state=RUNNING&tag=a")
        .then()
        .statusCode(303)
        .header("Location", equalTo("/ui/login?from=%2Fui%2Fruns%3Fstate%3DRUNNING%26tag%3Da"));
  }

  @Test
  void aReaderCanReadButNotSubmitOrCancel() {
    bearer("ritas-token").get("/runs").then().statusCode(200);
    bearer("ritas-token")
        .contentType("application/json")
        .body(Events.imageRequest("doors-1", "doors", "plain", 1))
        .post("/runs")
        .then()
        .statusCode(403)
        .body("status", equalTo(403))
        .body("detail", equalTo("your token's role (reader) may not do this; it needs submitter"));
    bearer("ritas-token").delete("/runs/doors-1").then().statusCode(403);
  }

  @Test
  void aSubmitterCanSubmitAndRead() {
    bearer("sams-token")
        .contentType("application/json")
        .body(Events.imageRequest("doors-2", "doors", "plain", 1))
        .post("/runs")
        .then()
        .statusCode(202);
    bearer("sams-token").get("/runs").then().statusCode(200);
  }

  @Test
  void wrongTokensAreRateLimitedButAValidOneFromTheSameAddressWorks() throws Exception {
    var wrong = RawRequest.of("GET", "/runs").by("nobodys-token").from("127.0.0.4");
    var statuses = new ArrayList<String>();
    for (int i = 0; i < 30 && !statuses.contains("429"); i++) {
      statuses.add(wrong.status());
    }

    assertThat(statuses).hasSizeGreaterThan(10).startsWith("401").endsWith("429");
    assertThat(wrong.by("ritas-token").status()).isEqualTo("200");
  }

  @Test
  void loginStoresTheTokenInACookieThatScriptsCannotRead() {
    String cookie =
        login("sams-token")
            .then()
            .statusCode(303)
            .extract()
            .headers()
            .getValues("Set-Cookie")
            .stream()
            .filter(set -> set.startsWith("millrace-token="))
            .findFirst()
            .orElseThrow();
    assertThat(cookie).contains("HttpOnly", "SameSite=Strict", "Path=/");
    String value = cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
    given().header("Cookie", "millrace-token=" + value).get("/runs").then().statusCode(200);
    given().header("Cookie", "millrace-token=old").get("/runs").then().statusCode(401);
    given().header("Cookie", "millrace-token=old").get("/ui/login").then().statusCode(200);

    assertThat(login("nobodys-token").header("Set-Cookie")).isNull();
  }

  @Test
  void aBrowserReturnsToItsPageAfterLoginAndCanLogOut() {
    try (Chromium chromium = Chromium.open()) {
      Page page = chromium.show(root.resolve("/ui/runs?state=RUNNING"), "shown");
      assertThat(page).hasURL(Pattern.compile(".*/ui/login\\?from=.*"));
      assertThat(page.locator("#logout")).isHidden();

      page.locator("#token").fill("nobodys-token");
      page.locator("main button").click();
      assertThat(page.locator(".problem")).hasText("This token is not valid.");

      page.locator("#token").fill("ritas-token");
      page.locator("main button").click();
      assertThat(page).hasURL(root.resolve("/ui/runs?state=RUNNING").toString());
      assertThat(page.locator("body[data-state=shown]")).isVisible();
      assertThat(page.evaluate("document.cookie")).isEqualTo("millrace-login=yes");

      page.locator("#logout").click();
      assertThat(page).hasURL(root.resolve("/ui/login").toString());
      page.navigate(root.resolve("/ui/runs").toString());
      assertThat(page).hasURL(Pattern.compile(".*/ui/login\\?from=.*"));

      for (String elsewhere :
          List.of(
              "https://elsewhere.example/ui/", "//elsewhere.example/ui/", "javascript:x", "//[")) {
        page.navigate(
            root.resolve("/ui/login?from=" + URLEncoder.encode(elsewhere, StandardCharsets.UTF_8))
                .toString());
        page.locator("#token").fill("ritas-token");
        page.locator("main button").click();
        assertThat(page).hasURL(root.resolve("/ui/").toString());
      }
      assertThat(chromium.leave()).isEmpty();
    }
  }

  @Test
  void aPageFromAnotherOriginCanNeitherSubmitNorRead() {
    bearer("sams-token")
        .header("Origin", "https://elsewhere.example")
        .contentType("application/json")
        .body(Events.imageRequest("doors-3", "doors", "plain", 1))
        .post("/runs")
        .then()
        .statusCode(403);
    String cors =
        bearer("sams-token")
            .header("Origin", "https://elsewhere.example")
            .get("/runs")
            .header("Access-Control-Allow-Origin");
    assertThat(cors).isNull();
  }

  @Test
  void responsesHaveBrowserSecurityHeaders() {
    var answer = bearer("ritas-token").get("/runs");
    assertThat(answer.header("Content-Security-Policy"))
        .startsWith("default-src 'none'; script-src 'self'")
        .contains("frame-ancestors 'none'");
    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
  }

  @Test
  void anAddressThatCancelsTooOftenIsRateLimitedAndOthersAreNot() throws Exception {
    var statuses = new ArrayList<String>();
    // The limit allows 20 at once, and one more per second while the test runs.
    for (int i = 0; i < 100 && !statuses.contains("429"); i++) {
      statuses.add(statusOfACancellationFrom("127.0.0.2"));
    }
    assertThat(statuses).hasSizeGreaterThan(20).startsWith("404").endsWith("429");
    assertThat(statusOfACancellationFrom("127.0.0.3")).isEqualTo("404");
  }

  private static String statusOfACancellationFrom(String address) throws IOException {
    return RawRequest.of("DELETE", "/runs/nobody").by("sams-token").from(address).status();
  }

  @Test
  void theSubmitterOfARunIsItsOwner() throws Exception {
    bearer("sams-token")
        .contentType("application/json")
        .body(Events.imageRequest("owned-1", "owners", "plain", 1))
        .post("/runs")
        .then()
        .statusCode(202);

    try (var database = Infrastructure.database();
        var statement = database.createStatement();
        var row = statement.executeQuery("select owner from run where run = 'owned-1'")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isEqualTo("sam");
    }
  }

  @Test
  void ownersAndAdminsMayRemoveRunsAndSubmittersMayRemoveUnownedOnes() throws Exception {
    try (var database = Infrastructure.database();
        var statement = database.createStatement()) {
      statement.execute(
          "insert into run (run, experiment, state, progress, created_at, ended_at, owner)"
              + " values ('of-sam', 'owned', 'COMPLETED', 4, now(), now(), 'sam'),"
              + " ('of-anna', 'owned', 'COMPLETED', 4, now(), now(), 'anna'),"
              + " ('of-nobody', 'owned', 'COMPLETED', 4, now(), now(), null)");
    }

    for (String path : List.of("/runs/of-sam", "/experiments/owned")) {
      bearer("ritas-token").post(path + "/archive").then().statusCode(403);
      given().post(path + "/delete").then().statusCode(401);
    }
    bearer("sams-token").post("/runs/of-sam/archive").then().statusCode(200);
    bearer("sams-token").post("/runs/of-nobody/delete").then().statusCode(200);
    bearer("sams-token")
        .post("/runs/of-anna/delete")
        .then()
        .statusCode(403)
        .body("detail", org.hamcrest.Matchers.containsString("belongs to 'anna'"));
    bearer("sams-token").post("/experiments/owned/delete").then().statusCode(403);
    bearer("adas-token").post("/experiments/owned/delete").then().statusCode(200);
    bearer("ritas-token").get("/runs/of-anna").then().statusCode(404);
  }

  private static io.restassured.response.Response login(String token) {
    return given().redirects().follow(false).formParam("token", token).post("/login");
  }

  private static RequestSpecification bearer(String token) {
    return given().header("Authorization", "Bearer " + token);
  }

  static String sha256(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
