package io.millrace.results;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Previews that the augmentation service draws for a results service that requires tokens. */
@QuarkusTest
@TestProfile(DoorsTest.WithTokens.class)
class PreviewTest {
  private static final String SHAPES = "{\"dataset\": {\"name\": \"shapes\"}}";
  private static final int MAX_BYTES = 256 << 10;

  @BeforeEach
  void reset() {
    AugmentationStandIn.reset();
  }

  private static ValidatableResponse ask(String json) {
    return given()
        .header("Authorization", "Bearer ritas-token")
        .contentType("application/json")
        .body(json)
        .post("/preview")
        .then();
  }

  @Test
  void aReaderGetsTheSheetOfAnAugmentation() throws IOException {
    String json =
        """
        {"dataset": {"name": "shapes"}, "augmentation": {"rotation_range": 5}, "seed": 3,
         "samples": 2, "variants": 3, "epoch": 1}\
        """;
    byte[] png =
        ask(json)
            .statusCode(200)
            .contentType("image/png")
            .header("Cache-Control", "no-store")
            .header("Preview-Note", nullValue())
            .extract()
            .asByteArray();

    var sheet = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(sheet.getWidth()).isEqualTo(4 * AugmentationStandIn.CELL);
    assertThat(sheet.getHeight()).isEqualTo(2 * AugmentationStandIn.CELL);
    assertThat(AugmentationStandIn.asked()).containsExactly(json);
  }

  @Test
  void theNoteOfASheetIsReturnedInAHeader() {
    ask("""
    {"dataset": {"name": "shapes"}, "augmentation": {"transforms": [{"type": "mixup"}]}}\
    """)
        .statusCode(200)
        .header("Preview-Note", "mixup mixes the samples shown here");
  }

  @Test
  void aCallerWithoutAValidTokenGetsNoPreview() {
    for (String token : new String[] {null, "wrong"}) {
      var stranger = token == null ? given() : given().header("Authorization", "Bearer " + token);
      stranger.contentType("application/json").body(SHAPES).post("/preview").then().statusCode(401);
    }
    assertThat(AugmentationStandIn.asked()).isEmpty();
  }

  @Test
  void otherMethodsAndSubPathsOfThePreviewAreForbiddenToAReader() {
    for (String method : new String[] {"PUT", "DELETE", "PATCH"}) {
      given()
          .header("Authorization", "Bearer ritas-token")
          .request(method, "/preview")
          .then()
          .statusCode(403);
    }
    given()
        .header("Authorization", "Bearer ritas-token")
        .contentType("application/json")
        .body(SHAPES)
        .post("/preview/more")
        .then()
        .statusCode(403);
  }

  @Test
  void aRefusalNamesTheInvalidField() {
    ask("""
    {"dataset": {"name": "shapes"}, "augmentation": {"rotation_range": 999}}\
    """)
        .statusCode(400)
        .contentType("application/problem+json")
        .body("field", equalTo("augmentation.rotation_range"))
        .body("detail", equalTo("augmentation.rotation_range: 999 is out of range; give 0..180"));
    ask("""
    {"dataset": {"name": "shapes"}, "augmentation": {"rotaton_range": 9}}\
    """)
        .statusCode(400)
        .body("field", equalTo("augmentation.rotaton_range"))
        .body("detail", containsString("did you mean rotation_range?"));
    ask("{").statusCode(400).body("field", nullValue());
  }

  @Test
  void aBodyOf256KiBIsAcceptedAndALargerOneIsRefused() {
    String most = SHAPES + " ".repeat(MAX_BYTES - SHAPES.length());
    ask(most).statusCode(200);
    ask(most + " ")
        .statusCode(413)
        .body("detail", equalTo("the body is too large; give at most 262144 bytes"));
    assertThat(AugmentationStandIn.asked()).hasSize(1);
  }

  @Test
  void aBodyOfAnotherContentTypeIsRefused() {
    given()
        .header("Authorization", "Bearer ritas-token")
        .contentType("text/plain")
        .body(SHAPES)
        .post("/preview")
        .then()
        .statusCode(415);
  }

  @Test
  void aBusyAugmentationServiceIsReportedAs503() {
    AugmentationStandIn.answerNext(503, "other previews are being made; try again in a second");
    ask(SHAPES)
        .statusCode(503)
        .body("detail", equalTo("other previews are being made; try again in a second"));
  }

  @Test
  void aSheetLargerThan8MiBIsRefusedWithTheFieldSamples() {
    AugmentationStandIn.answerNext(200, new byte[(8 << 20) + 1]);
    ask(SHAPES)
        .statusCode(400)
        .body("field", equalTo("samples"))
        .body("detail", containsString("larger than 8 MiB"));
  }

  @Test
  void aFailureBetweenTheServicesIsReportedAs502() {
    AugmentationStandIn.answerNext(401, "no");
    ask(SHAPES).statusCode(502).body("detail", containsString("rejects the token of this service"));
    AugmentationStandIn.answerNext(500, "internal error");
    ask(SHAPES)
        .statusCode(502)
        .body("detail", equalTo("the augmentation service has no image: internal error"));
    AugmentationStandIn.answerNext(0, "");
    ask(SHAPES)
        .statusCode(502)
        .body("detail", equalTo("the augmentation service does not answer"))
        .body("detail", not(containsString("127.0.0.1")));
    ask(SHAPES).statusCode(200);
  }

  @Test
  void theOpenApiDocumentStatesThePreviewLimits() {
    String openApi =
        given().header("Authorization", "Bearer ritas-token").get("/q/openapi").asString();
    assertThat(openApi).contains("/preview:", "At most 256 KiB.", "maximum: 1000000");
  }
}
