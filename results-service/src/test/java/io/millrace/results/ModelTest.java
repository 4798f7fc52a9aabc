package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.millrace.contracts.event.TrainingEvent.RunCompleted;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Downloads of stored models, in every format and byte for byte. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class ModelTest extends RunningService {
  private static final String ETAG = "\"" + "ab".repeat(32) + "\"";

  private static final byte[] MODEL = new byte[300_000];

  @BeforeAll
  static void store() throws Exception {
    new Random(1).nextBytes(MODEL);
    Files.createDirectories(Infrastructure.models().resolve("model-1"));
    Files.write(Infrastructure.models().resolve("model-1/model.zip"), MODEL);
    Files.writeString(Infrastructure.models().resolve("model-1/model.json"), "{\"keras\": 3}");
    Files.write(Infrastructure.models().resolve("model-1/model.onnx"), new byte[] {1, 2, 3});
    Files.write(Infrastructure.models().resolve("model-1/weights.safetensors"), new byte[] {4, 5});
    Files.write(Infrastructure.models().resolveSibling("secret.zip"), MODEL);
    Files.write(Infrastructure.models().resolveSibling("model.onnx"), MODEL);
    Events events = Events.ofImages("model-1", "model", "plain", 1);
    publisher.events(events.started(), events.completed(1));
    publisher.events(completed("model-out", "../secret.zip"), completed("model-gone", "gone.zip"));
    publisher.events(Events.ofImages("model-none", "model", "plain", 1).started());
  }

  @BeforeEach
  void awaitRuns() {
    for (String run : new String[] {"model-1", "model-out", "model-gone", "model-none"}) {
      await().atMost(PATIENCE).until(() -> when().get("/runs/" + run).statusCode() == 200);
    }
    await()
        .atMost(PATIENCE)
        .until(() -> when().get("/runs/model-1").jsonPath().get("model.path") != null);
  }

  @Test
  void aModelIsDownloadedByteForByte() {
    byte[] body =
        when()
            .get("/runs/model-1/model")
            .then()
            .statusCode(200)
            .header("ETag", equalTo(ETAG))
            .header("Accept-Ranges", equalTo("bytes"))
            .header("Content-Length", equalTo("300000"))
            .header("Content-Disposition", equalTo("attachment; filename=\"model-1.zip\""))
            .extract()
            .asByteArray();
    assertThat(body).isEqualTo(MODEL);
    when()
        .head("/runs/model-1/model")
        .then()
        .statusCode(200)
        .header("Content-Length", equalTo("300000"))
        .header("ETag", equalTo(ETAG));
    given().header("If-None-Match", ETAG).get("/runs/model-1/model").then().statusCode(304);
  }

  @Test
  void aModelCanBeDownloadedInEveryFormat() {
    when()
        .get("/runs/model-1/model?format=keras")
        .then()
        .statusCode(200)
        .contentType("application/json")
        .header("Content-Disposition", equalTo("attachment; filename=\"model-1.keras.json\""))
        .body("keras", equalTo(3));
    byte[] onnx =
        given()
            .header("Accept", "*/*")
            .get("/runs/model-1/model?format=onnx")
            .then()
            .statusCode(200)
            .contentType("application/octet-stream")
            .header("ETag", equalTo("\"" + "ab".repeat(32) + ".onnx\""))
            .header("Content-Disposition", equalTo("attachment; filename=\"model-1.onnx\""))
            .extract()
            .asByteArray();
    assertThat(onnx).containsExactly(1, 2, 3);
    when()
        .head("/runs/model-1/model?format=safetensors")
        .then()
        .statusCode(200)
        .header("Content-Length", equalTo("2"));
    byte[] zip = when().get("/runs/model-1/model?format=dl4j").then().extract().asByteArray();
    assertThat(zip).isEqualTo(MODEL);
    when()
        .get("/runs/model-1/model?format=h5")
        .then()
        .statusCode(400)
        .body(
            "detail",
            equalTo("format: 'h5' is not valid; give one of dl4j, keras, onnx, safetensors"));
  }

  @Test
  void aRunCalledModelHasTheFormatsOfRuns() {
    when()
        .get("/runs/model?format=onnx")
        .then()
        .statusCode(400)
        .body("detail", equalTo("format: 'onnx' is not a format; give one of json, csv, jsonl"));
  }

  @Test
  void anInterruptedDownloadCanBeResumed() {
    byte[] rest =
        given()
            .header("Range", "bytes=100000-")
            .header("If-Range", ETAG)
            .get("/runs/model-1/model")
            .then()
            .statusCode(206)
            .header("Content-Range", equalTo("bytes 100000-299999/300000"))
            .header("Content-Length", equalTo("200000"))
            .extract()
            .asByteArray();
    assertThat(rest).isEqualTo(Arrays.copyOfRange(MODEL, 100_000, 300_000));

    given()
        .header("Range", "bytes=100000-")
        .header("If-Range", "\"another\"")
        .get("/runs/model-1/model")
        .then()
        .statusCode(200)
        .header("Content-Length", equalTo("300000"));
    given()
        .header("Range", "bytes=300000-")
        .get("/runs/model-1/model")
        .then()
        .statusCode(416)
        .header("Content-Range", equalTo("bytes */300000"));
  }

  @Test
  void aModelOutsideOrMissingFromTheStoreReturns404() {
    for (String run : new String[] {"model-out", "model-gone", "model-none", "nobody"}) {
      when().get("/runs/" + run + "/model").then().statusCode(404);
      when().get("/runs/" + run + "/model?format=onnx").then().statusCode(404);
    }
  }

  private static RunCompleted completed(String run, String path) {
    return new RunCompleted(
        1,
        run,
        Instant.parse("2026-01-01T12:00:00Z"),
        1,
        3L,
        1.0,
        path,
        1L,
        "ab".repeat(32),
        null,
        null);
  }
}
