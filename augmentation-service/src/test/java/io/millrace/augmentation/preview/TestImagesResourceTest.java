package io.millrace.augmentation.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.millrace.augmentation.intake.KafkaResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images of the test part over HTTP. */
@QuarkusTest
@QuarkusTestResource(KafkaResource.class)
@QuarkusTestResource(ResultsStandIn.class)
class TestImagesResourceTest {
  private static ValidatableResponse ask(String json) {
    return RestAssured.given()
        .contentType(ContentType.JSON)
        .body(json)
        .post("/preview/test-images")
        .then();
  }

  @Test
  void imagesAreDrawnSideBySide() throws IOException {
    byte[] png =
        ask("{\"dataset\": {\"name\": \"shapes\"}, \"indices\": [9, 0, 3]}")
            .statusCode(200)
            .contentType("image/png")
            .extract()
            .asByteArray();

    var strip = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(strip.getWidth()).as("three images, enlarged 5 times").isEqualTo(3 * 60);
    assertThat(strip.getHeight()).isEqualTo(50);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"dataset\": {\"name\": \"shapes\"}, \"indices\": [10]} | indices[0] | 0..9",
        "{\"dataset\": {\"name\": \"shapes\"}, \"indices\": [1.5]} | indices[0] | integer",
        "{\"dataset\": {\"name\": \"shapes\"}} | indices | required",
        "{\"indices\": [1]} | dataset | required",
        "{\"dataset\": {\"name\": \"shapes\"}, \"indices\": [1], \"samples\": 1}"
            + " | samples | is not a field",
        "{\"dataset\": {\"name\": \"none\"}, \"indices\": [1]} | dataset.name | give one of",
        "{\"dataset\": {\"name\": \"elnino\", \"column\": \"temperature\"}, \"indices\": [1]}"
            + " | dataset | has no images",
      })
  void anInvalidRequestIsRefusedWithTheFieldAndReason(String json, String field, String reason) {
    ask(json).statusCode(400).body("field", equalTo(field)).body("reason", containsString(reason));
  }
}
