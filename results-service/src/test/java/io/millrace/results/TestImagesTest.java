package io.millrace.results;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.Test;

/**
 * Requests for the test images of a run, up to the call of the augmentation service. The
 * augmentation service tests the images it draws, and WholeStackIT of deploy/local tests both
 * services together.
 */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class TestImagesTest extends RunningService {
  private static final String DATA = "0123456789abcdef".repeat(4);

  @Test
  void anInvalidOrMissingIndexIsRefused() {
    publisher.events(Events.ofImages("seen-1", "seen", "plain", 1).started(DATA));
    awaitState("seen-1", "RUNNING");

    assertThat(refusal(400, "/runs/seen-1/test-images?index=3&index=24"))
        .isEqualTo("index: 24 is out of range; give 0..23");
    assertThat(refusal(400, "/runs/seen-1/test-images?index=-1"))
        .isEqualTo("index: -1 is out of range; give 0..23");
    assertThat(refusal(400, "/runs/seen-1/test-images?index=first"))
        .isEqualTo("index: 'first' is not an integer; give 0..23");
    assertThat(refusal(400, "/runs/seen-1/test-images")).isEqualTo("index: is required");
    assertThat(refusal(400, "/runs/seen-1/test-images?index=0" + "&index=1".repeat(48)))
        .isEqualTo("index: is given 49 times; give 1..48");
  }

  @Test
  void testImagesOfARunWithoutImagesAreRefused() throws Exception {
    publisher.events(Events.ofSeries("seen-series", "seen", "series", 1).started());
    awaitState("seen-series", "RUNNING");
    execute(
        "insert into run (run, experiment, variant, state, progress, created_at) values"
            + " ('seen-bare', 'seen', 'plain', 'RUNNING', 3, now())");

    assertThat(refusal(400, "/runs/seen-series/test-images?index=0"))
        .isEqualTo(
            "run: 'seen-series' trains on a series or a table; give a run that trains on images");
    assertThat(refusal(404, "/runs/seen-nobody/test-images?index=0"))
        .isEqualTo("run 'seen-nobody' does not exist");
    assertThat(refusal(404, "/runs/seen-bare/test-images?index=0"))
        .isEqualTo("the data of run 'seen-bare' is unknown; the run is RUNNING");
    assertThat(refusal(400, "/runs/-x/test-images?index=0")).startsWith("run: ");
  }

  @Test
  void cachedImagesAreConfirmedAsUnchangedByTheFingerprintAlone() {
    publisher.events(Events.ofImages("seen-2", "seen", "plain", 2).started(DATA));
    publisher.events(Events.ofImages("seen-3", "seen", "plain", 3).started());
    awaitState("seen-2", "RUNNING");
    awaitState("seen-3", "RUNNING");

    ValidatableResponse known = having("*", "/runs/seen-2/test-images?index=3&index=17");
    String tag = known.statusCode(304).extract().header("ETag");

    assertThat(tag).isNotBlank();
    assertThat(known.extract().header("Cache-Control")).isEqualTo("private, no-cache");
    having(tag, "/runs/seen-2/test-images?index=3&index=17").statusCode(304);
    having(tag, "/runs/seen-2/test-images?index=17&index=3").statusCode(502);
    having("*", "/runs/seen-3/test-images?index=3").statusCode(502);
  }

  /** No augmentation service answers here, so images that must be drawn return 502. */
  private static ValidatableResponse having(String tag, String path) {
    return given().header("If-None-Match", tag).get(path).then();
  }

  private static String refusal(int status, String path) {
    return given()
        .urlEncodingEnabled(false)
        .get(path)
        .then()
        .statusCode(status)
        .extract()
        .jsonPath()
        .getString("detail");
  }
}
