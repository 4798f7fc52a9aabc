package io.millrace.augmentation.preview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.matchesPattern;

import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.DatasetLimits;
import io.millrace.augmentation.dataset.DecodedCache;
import io.millrace.augmentation.dataset.TestImages;
import io.millrace.augmentation.intake.KafkaResource;
import io.millrace.augmentation.stream.BatchMaker;
import io.millrace.augmentation.stream.StatisticsStore;
import io.millrace.augmentation.transform.SampleOrder;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.Safetensors;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Previews over HTTP of images 10 pixels high and 12 wide, which are enlarged 9 times. */
@QuarkusTest
@QuarkusTestResource(KafkaResource.class)
@QuarkusTestResource(ResultsStandIn.class)
class PreviewResourceTest {
  private static final int FACTOR = 9;
  private static final int HEIGHT = 10;
  private static final int WIDTH = 12;
  private static final String RANDOM =
      """
      {"rotation_range": 40, "width_shift_range": 0.2, "zoom_range": 0.2, "horizontal_flip": true,
       "transforms": [{"type": "gaussian_noise", "stddev": 20}]}""";

  private static Response ask(String json) {
    return RestAssured.given().contentType(ContentType.JSON).body(json).post("/preview");
  }

  private static Response askFor(String augmentation, String more) {
    return ask(
        "{\"dataset\": {\"name\": \"shapes\"}, \"augmentation\": " + augmentation + more + "}");
  }

  private static BufferedImage image(Response response) throws IOException {
    response.then().statusCode(200).contentType("image/png");
    return ImageIO.read(new ByteArrayInputStream(response.asByteArray()));
  }

  /** An image of a sheet in its original size; column 0 has the originals. */
  private static int[] at(BufferedImage sheet, int row, int column) {
    int top = row * (HEIGHT * FACTOR + 2);
    int left = column * (WIDTH * FACTOR + 2) + (column == 0 ? 0 : 4);
    int[] pixels = new int[HEIGHT * WIDTH];
    for (int i = 0; i < pixels.length; i++) {
      int x = left + i % WIDTH * FACTOR;
      int y = top + i / WIDTH * FACTOR;
      pixels[i] = sheet.getRGB(x, y) & 0xFFFFFF;
      assertThat(sheet.getRGB(x + FACTOR - 1, y + FACTOR - 1) & 0xFFFFFF).isEqualTo(pixels[i]);
    }
    return pixels;
  }

  @Test
  void aSheetHasARowForEachSampleAndAColumnForEachVariant() throws IOException {
    BufferedImage sheet = image(askFor("{}", ", \"samples\": 3, \"variants\": 5"));
    assertThat(sheet.getWidth()).isEqualTo(6 * WIDTH * FACTOR + 6 + 4 * 2);
    assertThat(sheet.getHeight()).isEqualTo(3 * HEIGHT * FACTOR + 2 * 2);
  }

  @Test
  void withoutAugmentationEveryVariantIsTheOriginal() throws IOException {
    BufferedImage sheet = image(askFor("{}", ", \"samples\": [0, 39], \"variants\": 3"));
    for (int row = 0; row < 2; row++) {
      int[] original = at(sheet, row, 0);
      assertThat(original[0] >> 16).as("the class").isEqualTo(row);
      assertThat(original[HEIGHT * WIDTH - 1] & 0xFF).isEqualTo(9 * 16 + 11);
      for (int variant = 1; variant <= 3; variant++) {
        assertThat(at(sheet, row, variant)).isEqualTo(original);
      }
    }
  }

  @Test
  void theSameRequestGivesTheSameSheetAndAnotherSeedADifferentOne() {
    byte[] sheet = askFor(RANDOM, "").asByteArray();
    assertThat(askFor(RANDOM, ", \"seed\": 0").asByteArray()).isEqualTo(sheet);
    assertThat(askFor(RANDOM, ", \"seed\": 1").asByteArray()).isNotEqualTo(sheet);
  }

  @Test
  void aVariantEqualsTheTrainingSampleOfItsEpoch(@TempDir Path root) throws IOException {
    TestImages.folder(root, "shapes", 20, 30);
    var limits = new DatasetLimits(1 << 20, 1_000_000, 1 << 20, 1 << 20);
    var catalog = new DatasetCatalog(List.of(root), limits, new DecodedCache(1 << 20), nanos -> {});
    int sample = 17;
    BufferedImage sheet =
        image(askFor(RANDOM, ", \"seed\": 5, \"samples\": [17], \"epoch\": 2, \"variants\": 2"));
    for (int variant = 0; variant < 2; variant++) {
      assertThat(at(sheet, 0, 1 + variant)).isEqualTo(trained(catalog, 5, 2 + variant, sample));
    }
  }

  private static int[] trained(DatasetCatalog catalog, long seed, int epoch, int sample) {
    var augmentation = Messages.read(RANDOM.getBytes(StandardCharsets.UTF_8), Augmentation.class);
    var shapes = new DatasetSpec.Images("shapes", null, null, null, null, null, null);
    var source = new BatchSource("run", shapes, augmentation, seed, 40);
    var task = new BatchTask.Produce(null, source, Part.TRAIN, epoch, 0, 1, 0);
    byte[] batch = new BatchMaker(catalog, new StatisticsStore()).batches(task).make(0, null);
    ByteBuffer features = Safetensors.read(ByteBuffer.wrap(batch)).tensor("features").data();
    int[] order = SampleOrder.shuffled(40, seed, epoch);
    int at = 0;
    while (order[at] != sample) {
      at++;
    }
    int[] pixels = new int[HEIGHT * WIDTH];
    for (int i = 0; i < pixels.length; i++) {
      int from = features.position() + (at * pixels.length + i) * 3;
      pixels[i] =
          (features.get(from) & 0xFF) << 16
              | (features.get(from + 1) & 0xFF) << 8
              | features.get(from + 2) & 0xFF;
    }
    return pixels;
  }

  @Test
  void mixedSamplesAreShownAndNotedInAHeader() throws IOException {
    Response response = askFor("{\"transforms\": [{\"type\": \"mixup\", \"alpha\": 50}]}", "");
    response.then().header("Preview-Note", containsString("mixup"));
    BufferedImage sheet = image(response);
    boolean mixed = false;
    for (int row = 0; row < 4; row++) {
      mixed |= !Arrays.equals(at(sheet, row, 0), at(sheet, row, 1));
    }
    assertThat(mixed).isTrue();
  }

  @Test
  void greyImagesMakeAGreySheet() throws IOException {
    BufferedImage sheet = image(ask("{\"dataset\": {\"name\": \"fashion-mnist\"}}"));
    assertThat(sheet.getRaster().getNumBands()).isEqualTo(1);
    assertThat(sheet.getHeight()).isEqualTo(4 * 112 + 3 * 2);
  }

  @Test
  void windowsOfASeriesAreDrawnAsLines() throws IOException {
    String asked =
        "{\"dataset\": {\"name\": \"elnino\", \"column\": \"temperature\", \"window\": 24},"
            + " \"samples\": 2, \"variants\": 3, \"augmentation\": {\"transforms\": [%s]}}";
    BufferedImage plain = image(ask(asked.formatted("")));
    BufferedImage warped = image(ask(asked.formatted("{\"type\": \"time_warping\"}")));

    assertThat(warped.getWidth()).isEqualTo(4 * 224 + 6 + 2 * 2);
    assertThat(warped.getHeight()).isEqualTo(2 * 112 + 2);
    for (int row = 0; row < 2; row++) {
      int[] original = tile(plain, row, 0);
      assertThat(tile(plain, row, 1)).isEqualTo(original).isNotEqualTo(tile(plain, 1 - row, 0));
      assertThat(tile(warped, row, 1)).isNotEqualTo(tile(warped, row, 2));
    }
  }

  /** The pixels of a window's picture. */
  private static int[] tile(BufferedImage sheet, int row, int column) {
    int left = column * (224 + 2) + (column == 0 ? 0 : 4);
    return sheet.getRaster().getSamples(left, row * (112 + 2), 224, 112, 0, (int[]) null);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | dataset | required",
        "{\"dataset\": {\"name\": \"none\"}} | dataset.name | give one of",
        "{\"dataset\": {\"name\": \"elnino\"}} | dataset.column | required",
        "{\"dataset\": {\"name\": \"elnino\", \"column\": \"rain\"}} | dataset.column"
            + " | give one of month, temperature",
        "{\"dataset\": {\"name\": \"elnino\", \"column\": \"temperature\"}, \"augmentation\":"
            + " {\"rotation_range\": 5}} | augmentation | is a series",
        "{\"dataset\": {\"name\": \"shapes\", \"image_size\": [10, 0]}} | dataset.image_size[1]"
            + " | 1..4096",
        "{\"dataset\": {\"name\": \"shapes\", \"image_size\": [4096, 4096]}} | dataset.image_size"
            + " | too large",
        "{\"dataset\": {\"name\": \"shapes\", \"image_size\": [1000, 1000]}, \"variants\": 16}"
            + " | variants | fewer",
        "{\"dataset\": {\"name\": \"shapes\"}, \"variants\": 17} | variants | 1..16",
        "{\"dataset\": {\"name\": \"shapes\"}, \"samples\": 9} | samples | 1..8",
        "{\"dataset\": {\"name\": \"shapes\"}, \"samples\": [1, 40]} | samples[1] | 0..39",
        "{\"dataset\": {\"name\": \"shapes\"}, \"samples\": [-1]} | samples[0] | not an index",
        "{\"dataset\": {\"name\": \"shapes\"}, \"epoch\": -1} | epoch | 0..1000000",
        "{\"dataset\": {\"name\": \"shapes\"}, \"epochs\": 1} | epochs | did you mean epoch",
        "{\"dataset\": {\"name\": \"shapes\"}, \"augmentation\": {\"rotation_rang\": 1}}"
            + " | augmentation.rotation_rang | did you mean rotation_range",
        "{\"dataset\": {\"name\": \"shapes\"}, \"augmentation\": {\"shear_range\": 90}}"
            + " | augmentation.shear_range | 0..89",
        "{\"dataset\": {\"name\": \"shapes\"}, \"augmentation\": {\"transforms\":"
            + " [{\"type\": \"center_crop\", \"height\": 11, \"width\": 1}]}}"
            + " | augmentation.transforms[0].height | height of 10",
        "{\"dataset\": {\"name\": \"shapes\"}, \"augmentation\": {\"transforms\":"
            + " [{\"type\": \"jitter\"}]}} | augmentation.transforms[0].type | series",
        "{\"dataset\" | '' | not JSON",
      })
  void anInvalidRequestIsRefusedWithTheFieldAndReason(String json, String field, String reason) {
    ask(json)
        .then()
        .statusCode(400)
        .contentType(ContentType.JSON)
        .body("field", equalTo(field))
        .body("reason", containsString(reason));
  }

  @Test
  void anEmptyBodyIsRefused() {
    ask("").then().statusCode(400).body("reason", containsString("empty"));
  }

  @Test
  void aLargeBodyIsRefused() {
    ask("{\"dataset\": \"" + "x".repeat(270_000) + "\"}").then().statusCode(413);
  }

  @Test
  void aBodyOfAnotherContentTypeIsRefused() {
    RestAssured.given()
        .contentType(ContentType.TEXT)
        .body("{}")
        .post("/preview")
        .then()
        .statusCode(415)
        .body("reason", containsString("application/json"));
  }

  @Test
  void aPreviewOfARunUsesTheRequestOfThatRun() {
    byte[] sheet =
        RestAssured.get("/preview?run=shapes-1&samples=2&variants=3&epoch=1").asByteArray();
    Response same =
        askFor(
            "{\"rotation_range\": 20, \"horizontal_flip\": true}",
            ", \"seed\": 3, \"samples\": 2, \"variants\": 3, \"epoch\": 1");
    assertThat(sheet).isEqualTo(same.asByteArray());
    RestAssured.get("/preview/request?run=shapes-1")
        .then()
        .statusCode(200)
        .body("seed", equalTo(3))
        .body("dataset.name", equalTo("shapes"))
        .body("augmentation.rotation_range", equalTo(20.0f));
  }

  @ParameterizedTest
  @CsvSource({
    "'', 400, is required",
    "?run=a%2F..%2Fb, 400, is not a name",
    "?run=unheard-of, 404, is not a known run",
    "?run=refused, 400, rotation_range",
    "?run=unread, 400, has no known request",
    "?run=ill, 502, is unavailable",
    "?run=endless, 502, is unavailable",
  })
  void aRunThatCannotBeShownIsRefused(String query, int status, String reason) {
    RestAssured.given()
        .urlEncodingEnabled(false)
        .get("/preview" + query)
        .then()
        .statusCode(status)
        .body("field", equalTo("run"))
        .body("reason", containsString(reason));
  }

  @ParameterizedTest
  @ValueSource(strings = {"samples=x", "variants=17", "epoch=-1"})
  void anInvalidParameterOfARunPreviewIsRefused(String query) {
    RestAssured.get("/preview?run=shapes-1&" + query)
        .then()
        .statusCode(400)
        .body("field", equalTo(query.split("=")[0]));
  }

  @Test
  void dataSetsAreListedAndDescribed() {
    await()
        .untilAsserted(
            () ->
                RestAssured.get("/datasets")
                    .then()
                    .body("datasets.dataset", hasItems("shapes", "elnino")));
    RestAssured.get("/datasets/shapes")
        .then()
        .body("kind", equalTo("images"))
        .body("classes", equalTo(List.of("one", "two")))
        .body("class_counts", equalTo(List.of(20, 30)))
        .body("samples", equalTo(50))
        .body("fingerprint", matchesPattern("[0-9a-f]{64}"));
    RestAssured.get("/datasets/elnino")
        .then()
        .body("kind", equalTo("series"))
        .body("columns", equalTo(List.of("temperature")))
        .body("date_columns", equalTo(List.of("month")));
    RestAssured.get("/datasets/nothing")
        .then()
        .statusCode(400)
        .body("field", equalTo("dataset.name"));
  }

  @Test
  void theRootPathListsTheDataSets() {
    RestAssured.get("/")
        .then()
        .statusCode(200)
        .contentType(ContentType.JSON)
        .body("datasets.dataset", hasItems("shapes"));
  }
}
