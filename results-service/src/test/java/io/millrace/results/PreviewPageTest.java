package io.millrace.results;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.dataset.DatasetKind;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.messaging.Topics;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The augmentation preview in a browser. */
@QuarkusTest
@TestProfile(AugmentationStandIn.Beside.class)
class PreviewPageTest extends RunningPages {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ROTATION = "augmentation.rotation_range";
  private static final String TOO_LARGE = "999 is out of range; give 0..180";

  private static final Page.GetByLabelOptions EXACT = new Page.GetByLabelOptions().setExact(true);

  private Page page;

  @BeforeEach
  void announce() {
    AugmentationStandIn.reset();
    Instant now = Instant.now();
    List<DatasetAnnouncement> all =
        List.of(
            new DatasetAnnouncement(
                1,
                "shapes",
                "augmenter-1",
                now,
                DatasetKind.IMAGES,
                List.of("circle", "square", "star"),
                null,
                List.of(28, 28, 3),
                null,
                null,
                1200L,
                null,
                null,
                0,
                "ab".repeat(32),
                null),
            new DatasetAnnouncement(
                1,
                "tides",
                "augmenter-1",
                now,
                DatasetKind.SERIES,
                null,
                null,
                null,
                List.of("level", "wind"),
                List.of("date"),
                800L,
                "1950-01",
                "2020-12",
                0,
                "cd".repeat(32),
                null));
    for (DatasetAnnouncement each : all) {
      publisher.raw(Topics.DATASETS, each.key(), Messages.write(each));
    }
    awaitUntil(
        "/datasets",
        json -> json.getList("datasets.dataset").containsAll(List.of("shapes", "tides")));
  }

  private void open(String address) {
    page = show("/ui/preview" + address);
  }

  /** Opens a preview of the image data set. */
  private void showShapes(String more) {
    open("#" + encoded("{\"dataset\": {\"name\": \"shapes\"}" + more + "}"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private Locator field(String path) {
    return page.locator("[data-path=\"" + path + "\"]");
  }

  private Locator slider(String path) {
    return field(path).locator("input[type=range]").first();
  }

  private Locator box(String path) {
    return field(path).locator("input[type=text]");
  }

  private Locator editor() {
    return page.locator("#preview-json");
  }

  private void awaitSheet(String state) {
    assertThat(page.locator(".preview-sheet")).hasAttribute("data-state", state);
  }

  private int width() {
    return (int) page.evaluate("document.querySelector('.preview-sheet img').naturalWidth");
  }

  private JsonNode json() throws IOException {
    return JSON.readTree(editor().inputValue());
  }

  /** The last request to the augmentation service. */
  private static JsonNode lastAsked() throws IOException {
    List<String> requests = AugmentationStandIn.asked();
    return JSON.readTree(requests.get(requests.size() - 1));
  }

  /** Asserts that a field's error is shown there, linked to its input, and nowhere else. */
  private void assertFault(String path, String message) {
    Locator fault = field(path).locator("> .fault");
    assertThat(fault).hasText(message);
    assertThat(page.locator(".fault")).hasCount(1);
    assertThat(page.locator(".problem")).hasCount(0);
    String last = message.substring(message.lastIndexOf(": ") + 1).strip();
    assertThat(page.locator("body").innerText().split(Pattern.quote(last), -1)).hasSize(2);
    Locator input = field(path).locator("> input, > select").last();
    assertThat(input).hasAttribute("aria-invalid", "true");
    assertThat(input.getAttribute("aria-describedby").split(" "))
        .contains(fault.getAttribute("id"));
    assertThat(fault).isVisible();
  }

  private void add(String type) {
    Locator adding = page.locator(".augmentation > .card > .transform-list > .adding");
    adding.locator("select").selectOption(type);
    adding.locator("button").click();
  }

  @Test
  void thePageOpensWithAVisibleDefaultAugmentation() throws IOException {
    open("");
    awaitSheet("shown");

    assertThat(lastAsked())
        .isEqualTo(
            JSON.readTree(
                """
                {"dataset": {"name": "%s"},
                 "augmentation": {"rotation_range": 15, "width_shift_range": 0.1,
                   "height_shift_range": 0.1, "horizontal_flip": true}}\
                """
                    .formatted(
                        get("/datasets")
                            .getString("datasets.find { it.kind == 'images' }.dataset"))));
    assertThat(json()).isEqualTo(lastAsked());
    assertThat(slider(ROTATION)).hasValue("15");
    assertThat(page.getByLabel("horizontal_flip")).isChecked();
    assertThat(page.locator(".previewing-controls"))
        .containsText(" images (first image: 28 × 28 × ");
  }

  @Test
  void theUrlKeepsTheSettingsAcrossAReload() {
    showShapes(", \"seed\": 4, \"samples\": 2, \"variants\": 3, \"epoch\": 5");
    awaitSheet("shown");

    assertThat(width()).isEqualTo(4 * AugmentationStandIn.CELL);
    assertThat(page.locator(".preview-sheet [role=status]"))
        .hasText("Original, then epochs 5 to 7, seed 4.");
    box("variants").fill("2");
    assertThat(page.locator(".preview-sheet [role=status]")).containsText("epochs 5 to 6");
    assertThat(width()).isEqualTo(3 * AugmentationStandIn.CELL);

    page.reload();
    awaitSheet("shown");
    assertThat(box("variants")).hasValue("2");
    assertThat(box("epoch")).hasValue("5");
  }

  @Test
  void anArrowKeyOnASliderUpdatesTheSheetTheJsonAndTheUrl() throws IOException {
    showShapes(", \"augmentation\": {\"rotation_range\": 33}");
    awaitSheet("shown");
    slider(ROTATION).focus();
    page.keyboard().press("ArrowRight");

    await()
        .atMost(PATIENCE)
        .until(() -> lastAsked().at("/augmentation/rotation_range").asInt(), is(34));
    awaitSheet("shown");
    assertThat(json().at("/augmentation/rotation_range").asInt()).isEqualTo(34);
    assertThat(box(ROTATION)).hasValue("34");
    assertThat(URLDecoder.decode(page.url(), StandardCharsets.UTF_8))
        .contains("\"rotation_range\":34");
  }

  private static org.hamcrest.Matcher<Integer> is(int value) {
    return org.hamcrest.Matchers.is(value);
  }

  @Test
  void onlyTheAnswerToTheLatestRequestIsShown() {
    showShapes(", \"variants\": 1");
    awaitSheet("shown");
    box("variants").fill("2");
    box("seed").fill(Long.toString(AugmentationStandIn.HELD_SEED));
    await()
        .atMost(PATIENCE)
        .until(() -> lastAsked().path("seed").asLong() == AugmentationStandIn.HELD_SEED);
    awaitSheet("waiting");
    assertThat(page.locator(".preview-sheet img")).isVisible();

    box("variants").fill("3");
    box("seed").fill("1");
    awaitSheet("shown");
    assertThat(width()).isEqualTo(4 * AugmentationStandIn.CELL);
    AugmentationStandIn.release();
    await().atMost(PATIENCE).until(() -> AugmentationStandIn.heldEnded() == 1);

    assertThat(page.locator(".preview-sheet [role=status]")).containsText("seed 1.");
    assertThat(width()).isEqualTo(4 * AugmentationStandIn.CELL);
  }

  @Test
  void thePreviewIsRetriedWhileTheServiceIsBusy() {
    AugmentationStandIn.answerNext(503, "other previews are being made; try again in a second");
    AugmentationStandIn.answerNext(503, "other previews are being made; try again in a second");
    showShapes("");

    awaitSheet("shown");
    assertThat(AugmentationStandIn.asked()).hasSize(3);
    assertThat(page.locator(".problem, .fault")).hasCount(0);
  }

  @Test
  void anErrorWithoutAFieldIsShownOnceAtTheSheet() {
    AugmentationStandIn.answerNext(500, "internal error");
    showShapes("");

    awaitSheet("refused");
    assertThat(page.locator(".problem")).containsText("internal error");
    assertThat(page.locator(".problem")).hasCount(1);
    assertThat(page.locator(".fault")).hasCount(0);
    box("seed").fill("1");
    awaitSheet("shown");
    assertThat(page.locator(".problem")).hasCount(0);
  }

  @Test
  void anErrorIsShownOnceAtItsFieldWhileTheSheetStaysVisible() {
    showShapes(", \"augmentation\": {\"rotation_range\": 5}");
    awaitSheet("shown");
    box(ROTATION).fill("999");
    awaitSheet("refused");

    assertFault(ROTATION, TOO_LARGE);
    assertThat(slider(ROTATION)).hasAttribute("aria-invalid", "true");
    assertThat(page.locator(".preview-sheet img")).isVisible();
    slider(ROTATION).focus();
    page.keyboard().press("ArrowLeft");
    awaitSheet("shown");
    assertThat(page.locator(".fault")).hasCount(0);
    assertThat(page.locator("[aria-invalid]")).hasCount(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          samplewise_center | 5 | 5 is not true or false
          zca_epsilon | 0 | 0 is out of range; give a number above 0, at most 1000
          """)
  void anErrorInACollapsedGroupExpandsTheGroup(String field, String value, String message) {
    showShapes(", \"augmentation\": {\"" + field + "\": " + value + "}");
    awaitSheet("refused");

    assertFault("augmentation." + field, message);
  }

  @Test
  void anErrorInATransformIsShownAtItsParameter() {
    showShapes(
        """
        , "augmentation": {"transforms": [{"type": "one_of", "transforms": [
          {"type": "grayscale"}, {"type": "gaussian_blur", "kernel_size": 4}]}]}\
        """);
    awaitSheet("refused");

    assertFault(
        "augmentation.transforms[0].transforms[1].kernel_size", "4 is even; give an odd size");
  }

  @Test
  void anUnknownFieldIsReportedOnceAtItsEnclosingGroupOrTheJson() {
    showShapes(", \"augmentation\": {\"rotaton_range\": 9}");
    awaitSheet("refused");
    assertThat(page.locator(".augmentation > .fault"))
        .hasText("augmentation.rotaton_range: is not a field here; did you mean rotation_range?");
    assertThat(page.locator(".fault")).hasCount(1);

    showShapes(", \"sed\": 1");
    awaitSheet("refused");
    assertThat(page.locator(".preview-json .fault")).containsText("sed: is not a field here");
    assertThat(page.locator(".fault")).hasCount(1);
    assertThat(editor()).hasAttribute("aria-invalid", "true");
  }

  @Test
  void editingTheJsonUpdatesTheControls() {
    showShapes("");
    awaitSheet("shown");
    editor()
        .fill("{\"dataset\": {\"name\": \"shapes\"}, \"augmentation\": {\"rotation_range\": 77}}");
    assertThat(slider(ROTATION)).hasValue("77");
    awaitSheet("shown");
    int asked = AugmentationStandIn.asked().size();

    editor().fill("{\"dataset\": ");
    assertThat(page.locator(".preview-json .fault")).containsText("The text is not valid JSON");
    assertThat(page.locator(".fault")).hasCount(1);
    assertThat(slider(ROTATION)).hasValue("77");

    page.getByText("No augmentation").click();
    assertThat(page.locator(".fault")).hasCount(0);
    await().atMost(PATIENCE).until(() -> AugmentationStandIn.asked().size() > asked);
    assertThat(AugmentationStandIn.asked()).hasSize(asked + 1);
    assertThat(slider(ROTATION)).hasValue("0");
  }

  @Test
  void aValueThatAControlCannotShowIsKeptInItsTextBox() throws IOException {
    String augmentation =
        """
        {"rotation_range": {"sweep": [5, 10]}, "width_shift_range": [-3, 3],
         "horizontal_flip": {"sweep": [true, false]}, "fill_mode": {"sweep": ["wrap", "reflect"]},
         "zoom_range": "much", "transforms": [{"type": "blurring", "by": 3}]}\
        """;
    showShapes(", \"augmentation\": " + augmentation);
    awaitSheet("refused");

    assertThat(box(ROTATION)).hasValue("{\"sweep\":[5,10]}");
    assertThat(box("augmentation.width_shift_range")).hasValue("[-3, 3]");
    assertThat(box("augmentation.horizontal_flip")).hasValue("{\"sweep\":[true,false]}");
    assertThat(box("augmentation.zoom_range")).hasValue("much");
    assertThat(box("augmentation.transforms[0]")).hasValue("{\"type\":\"blurring\",\"by\":3}");
    box("augmentation.fill_mode").fill("{\"sweep\": [\"wrap\", \"constant\"]}");

    JsonNode expected = JSON.readTree(augmentation.replace("\"reflect\"", "\"constant\""));
    await().atMost(PATIENCE).until(() -> lastAsked().path("augmentation").equals(expected));
    assertThat(json().path("augmentation")).isEqualTo(expected);

    box("augmentation.fill_mode").fill("wrap");
    slider("augmentation.shear_range").focus();
    assertThat(field("augmentation.fill_mode").locator("select")).hasValue("wrap");
  }

  @Test
  void transformsAreAddedMovedAndRemovedWithTheKeyboard() throws IOException {
    showShapes("");
    awaitSheet("shown");
    add("elastic");
    add("one_of");
    assertThat(page.locator("#announce")).hasText("one_of added");
    Locator up = page.getByLabel("Move up: one_of");
    up.focus();
    page.keyboard().press("Enter");
    assertThat(page.locator("#announce")).hasText("one_of moved to position 1 of 2");
    assertThat(json().at("/augmentation/transforms/0/type").asText()).isEqualTo("one_of");
    assertThat(page.getByLabel("Move down: one_of")).isFocused();

    Locator nested = field("augmentation.transforms[0].transforms").locator("> .adding");
    nested.locator("select").selectOption("grayscale");
    nested.locator("button").focus();
    page.keyboard().press("Enter");
    assertThat(json().at("/augmentation/transforms/0/transforms/1/type").asText())
        .isEqualTo("grayscale");
    assertThat(slider("augmentation.transforms[0].transforms[1].p")).isFocused();

    page.getByLabel("Remove: one_of").focus();
    page.keyboard().press("Enter");
    assertThat(page.locator(".augmentation > .card > .transform-list > .adding select"))
        .isFocused();
    assertThat(json().at("/augmentation/transforms").toString())
        .isEqualTo("[{\"type\":\"elastic\"}]");
    page.getByLabel("Remove: elastic").press("Enter");
    assertThat(json().at("/augmentation").toString()).isEqualTo("{}");
    awaitSheet("shown");
  }

  @ParameterizedTest
  @ValueSource(strings = {"shapes", "tides"})
  void everyTransformIsAddedWithItsRequiredParameters(String dataset) throws IOException {
    open("#" + encoded("{\"dataset\": {\"name\": \"" + dataset + "\"}, \"augmentation\": {}}"));
    awaitSheet("shown");
    Locator types =
        page.locator(".augmentation > .card > .transform-list > .adding > select > option");
    List<String> all = types.allTextContents();
    assertThat(all)
        .contains("one_of", "sequence")
        .contains(dataset.equals("tides") ? "time_warping" : "cutmix")
        .doesNotContain(dataset.equals("tides") ? "cutmix" : "time_warping");
    for (String type : all) {
      add(type);
    }
    await()
        .atMost(PATIENCE)
        .until(() -> lastAsked().at("/augmentation/transforms").size() == all.size());
    awaitSheet("shown");

    Augmentation asked =
        Messages.readStrictly(
            JSON.writeValueAsBytes(lastAsked().path("augmentation")), Augmentation.class);
    assertThat(asked.transforms()).hasSize(all.size());
  }

  @Test
  void aSeriesDataSetOffersItsColumnsAndTransforms() throws IOException {
    open("");
    awaitSheet("shown");
    page.getByLabel("data set", EXACT).selectOption("tides");
    await().atMost(PATIENCE).until(() -> lastAsked().at("/dataset/name").asText().equals("tides"));
    awaitSheet("shown");

    assertThat(json())
        .isEqualTo(
            JSON.readTree(
                """
                {"dataset": {"name": "tides", "column": "level"},
                 "augmentation": {"transforms": [{"type": "jitter"}, {"type": "time_warping"}]}}\
                """));
    assertThat(page.locator(".previewing-controls")).containsText("800 rows, 1950-01 to 2020-12.");
    assertThat(field(ROTATION)).hasCount(0);
    page.getByLabel("column", EXACT).selectOption("wind");
    assertThat(editor()).hasValue(Pattern.compile("\"column\": \"wind\""));
    assertFits("preview-series");
  }

  @Test
  void classesCanBeDeselectedAndSelected() throws IOException {
    showShapes("");
    awaitSheet("shown");
    assertThat(page.locator(".previewing-controls"))
        .containsText("1,200 images (first image: 28 × 28 × 3), 3 classes.");
    page.locator("summary").getByText("Classes").click();
    page.getByLabel("square").uncheck();
    assertThat(json().at("/dataset/classes").toString()).isEqualTo("[\"circle\",\"star\"]");
    page.getByLabel("square").check();
    assertThat(json().path("dataset").has("classes")).isFalse();
  }

  @Test
  void theSettingsOfARunAreLoadedIntoThePreview() throws IOException {
    publisher.request(
        "preview-page-1",
        new String(
                Events.imageRequest("preview-page-1", "preview-page", "plain", 6),
                StandardCharsets.UTF_8)
            .replace("\"fashion-mnist\"", "\"shapes\"")
            .replace("\"units\": 10", "\"units\": 3")
            .replace("\"model\"", "\"augmentation\": {\"rotation_range\": 21}, \"model\"")
            .getBytes(StandardCharsets.UTF_8));
    awaitState("preview-page-1", "QUEUED");
    page = show("/ui/runs/preview-page-1");
    page.getByText("Try other settings").click();
    awaitSheet("shown");

    assertThat(page).hasURL(Pattern.compile(".*/ui/preview\\?run=preview-page-1#.*"));
    assertThat(lastAsked().at("/augmentation/rotation_range").asInt()).isEqualTo(21);
    assertThat(json().path("seed").asInt()).isEqualTo(6);
    assertThat(json().at("/dataset/image_size").toString()).isEqualTo("[28,28]");
    assertThat(json().has("model")).isFalse();

    page.getByLabel("from a run").fill("preview-page-nobody");
    page.getByText("Load run").click();
    assertFault("run", "run 'preview-page-nobody' does not exist");
    page.getByLabel("from a run").fill("preview-page-1");
    page.getByText("Load run").click();
    assertThat(page.locator(".fault")).hasCount(0);
  }

  @Test
  void aNewExperimentStartsWithThePreviewedAugmentation() throws IOException {
    showShapes(", \"augmentation\": {\"rotation_range\": 9}, \"seed\": 2, \"variants\": 3");
    awaitSheet("shown");
    Locator use = page.getByText("Use in a new experiment");

    String href = use.getAttribute("href");
    assertThat(href).startsWith("/ui/new?start=");
    assertThat(
            JSON.readTree(
                URLDecoder.decode(
                    href.substring("/ui/new?start=".length()), StandardCharsets.UTF_8)))
        .isEqualTo(
            JSON.readTree(
                """
                {"dataset": {"name": "shapes"}, "augmentation": {"rotation_range": 9}}\
                """));
    use.click();
    page.waitForURL(Pattern.compile(".*/ui/new\\?start=.*"));
  }

  @ParameterizedTest
  @ValueSource(ints = {Chromium.PHONE, Chromium.WIDTH})
  void theSheetCoversNeitherTheJsonNorAnyControl(int width) {
    showShapes(
        """
        , "samples": 8, "variants": 1, "augmentation": {"transforms": [{"type": "one_of",
          "transforms": [{"type": "brightness", "range": [0.5, 1.5]}, {"type": "cutout"}]}]}\
        """);
    page.setViewportSize(width, Chromium.HEIGHT);
    awaitSheet("shown");
    assertThat(page.locator(".preview-sheet img")).hasClass("enlarged");

    for (String place :
        List.of("0", "document.body.scrollHeight / 2", "document.body.scrollHeight")) {
      page.evaluate("window.scrollTo(0, " + place + ")");
      BoundingBox sheet = page.locator(".preview-sheet").boundingBox();
      BoundingBox json = page.locator(".preview-json").boundingBox();
      assertThat(sheet.y + sheet.height).as(place).isLessThanOrEqualTo(json.y);
    }
    // The pointer reaches every control, so nothing covers it.
    for (Locator control :
        page.locator("main :is(input, select, button:enabled, textarea, summary, a):visible")
            .all()) {
      control.scrollIntoViewIfNeeded();
      control.click(new Locator.ClickOptions().setTrial(true));
    }
    assertFits("preview-" + width);
  }

  private void assertFits(String name) {
    assertFits(page, name);
    for (int width : List.of(Chromium.PHONE, Chromium.WIDTH)) {
      page.setViewportSize(width, Chromium.HEIGHT);
      // On a phone the JSON is below the controls, otherwise beside them.
      assertThat(page.locator(".previewing-side .preview-json"))
          .hasCount(width == Chromium.PHONE ? 0 : 1);
      assertThat(Chromium.obstacles(page)).isEmpty();
    }
  }
}
