package io.millrace.augmentation.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.augmentation.intake.KafkaResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser. */
@QuarkusTest
@QuarkusTestResource(KafkaResource.class)
@QuarkusTestResource(ResultsStandIn.class)
class PreviewPageTest {
  private static final String SHOWN = "document.body?.dataset.state === 'shown'";
  private static final String REFUSED = "document.body?.dataset.state === 'refused'";
  private static final String ROTATION = "augmentation.rotation_range";
  private static final int ARROW_RIGHT = 39;

  @TestHTTPResource("/preview/page")
  URI page;

  @TempDir Path folder;

  private Path executable;
  private Browser browser;

  @BeforeEach
  void find() {
    Optional<Path> found = Browser.find();
    Assumptions.assumeTrue(found.isPresent(), "no Chromium is installed");
    executable = found.get();
  }

  @AfterEach
  void close() {
    if (browser != null) {
      browser.close();
    }
  }

  private void open(String address) throws Exception {
    browser = Browser.open(executable, folder.resolve("profile"), page + address);
  }

  /** Opens a configuration of the data set {@code shapes}. */
  private void openShapes(String more) throws Exception {
    String preview = "{\"dataset\": {\"name\": \"shapes\"}" + more + "}";
    open("#" + URLEncoder.encode(preview, StandardCharsets.UTF_8).replace("+", "%20"));
  }

  private static String field(String path) {
    return "document.querySelector('[data-path=\"" + path + "\"]')";
  }

  private static String slider(String path) {
    return field(path) + ".querySelector('input[type=range]')";
  }

  /** The error beside a field; empty where none is shown. */
  private String error(String path) throws Exception {
    String error = field(path) + ".querySelector(':scope > .error')";
    return browser.evaluate(error + ".hidden ? '' : " + error + ".textContent").asText();
  }

  private String told() throws Exception {
    return browser.evaluate("document.getElementById('problem').textContent").asText();
  }

  /** A part of the JSON that is there to be copied, as JSON. */
  private String json(String path) throws Exception {
    return browser
        .evaluate(
            "JSON.stringify(JSON.parse(document.getElementById('request').value)"
                + path
                + ") ?? ''")
        .asText();
  }

  @Test
  void theSheetOfAnAddressIsShown() throws Exception {
    openShapes(", \"seed\": 4, \"samples\": 2, \"variants\": 3");
    browser.awaitTrue(SHOWN);
    int width = 4 * 12 * 9 + 6 + 2 * 2;
    assertThat(browser.evaluate("document.getElementById('sheet').naturalWidth").asInt())
        .isEqualTo(width);
    assertThat(browser.evaluate("document.getElementById('caption').textContent").asText())
        .isEqualTo("Original, then epoch 0 to 2, seed 4.");
    assertThat(told()).isEmpty();
  }

  @Test
  void aKeyOnASliderChangesSheetJsonAndAddress() throws Exception {
    openShapes(", \"augmentation\": {\"rotation_range\": 33}");
    browser.awaitTrue(SHOWN);
    String before = browser.evaluate("document.getElementById('sheet').src").asText();
    browser.evaluate(slider(ROTATION) + ".focus()");
    browser.press("ArrowRight", ARROW_RIGHT);
    browser.awaitTrue(SHOWN + " && document.getElementById('sheet').src !== '" + before + "'");
    assertThat(json(".augmentation")).isEqualTo("{\"rotation_range\":34}");
    assertThat(browser.evaluate("decodeURIComponent(location.hash)").asText())
        .contains("\"rotation_range\":34");
  }

  @Test
  void aSliderMovedManyTimesEndsWithTheLastSheet() throws Exception {
    openShapes("");
    browser.awaitTrue(SHOWN);
    for (int range = 1; range <= 40; range++) {
      browser.evaluate(
          "{const s = %s; s.value = %d; s.dispatchEvent(new Event('input'));}"
              .formatted(slider(ROTATION), range));
    }
    browser.awaitTrue(SHOWN);
    assertThat(json(".augmentation.rotation_range")).isEqualTo("40");
    assertThat(told()).isEmpty();
  }

  @Test
  void editedJsonMovesTheControls() throws Exception {
    openShapes("");
    browser.awaitTrue(SHOWN);
    write("{\"dataset\": {\"name\": \"shapes\"}, \"augmentation\": {\"rotation_range\": 77}}");
    browser.awaitTrue(SHOWN);
    assertThat(browser.evaluate(slider(ROTATION) + ".value").asText()).isEqualTo("77");
    write("{\"dataset\": ");
    assertThat(told()).startsWith("Not JSON yet");
  }

  private void write(String json) throws Exception {
    browser.evaluate(
        "{const area = document.getElementById('request'); area.value = '%s';".formatted(json)
            + "area.dispatchEvent(new Event('input'));}");
  }

  @Test
  void transformsAreAddedMovedAndRemoved() throws Exception {
    openShapes("");
    browser.awaitTrue(SHOWN);
    add("elastic");
    add("one_of");
    click("#transforms > .field > .transforms > li:nth-child(2) button[title=\"Move up\"]");
    assertThat(json(".augmentation.transforms.map(t => t.type)"))
        .isEqualTo("[\"one_of\",\"elastic\"]");
    browser.awaitTrue(SHOWN);
    click(
        "#transforms > .field > .transforms > li:nth-child(1) > fieldset > .actions > :last-child");
    assertThat(json(".augmentation.transforms")).isEqualTo("[{\"type\":\"elastic\"}]");
    browser.awaitTrue(SHOWN);
    assertThat(told()).isEmpty();
  }

  private void add(String type) throws Exception {
    browser.evaluate(
        "document.querySelector('#transforms > .field > .add select').value = '" + type + "'");
    click("#transforms > .field > .add button");
  }

  private void click(String selector) throws Exception {
    browser.evaluate("document.querySelector('" + selector + "').click()");
  }

  @Test
  void everyTransformCanBeAddedAsItIs() throws Exception {
    openShapes("");
    browser.awaitTrue(SHOWN);
    int types =
        browser
            .evaluate("document.querySelectorAll('#transforms > .field > .add option').length")
            .asInt();
    for (int i = 0; i < types; i++) {
      browser.evaluate(
          "document.querySelector('#transforms > .field > .add select').selectedIndex = " + i);
      click("#transforms > .field > .add button");
    }
    browser.awaitTrue(SHOWN + " || " + REFUSED);
    // The crops alone depend on the images, which are small here.
    assertThat(told()).startsWith("augmentation.transforms[6].height: 20 is more than");
    assertThat(error("augmentation.transforms[6].height")).startsWith("20 is more than");
  }

  @Test
  void aSeriesShowsItsWindowsAndOffersItsTransforms() throws Exception {
    openShapes("");
    browser.awaitTrue(SHOWN);
    browser.evaluate(
        "const name = document.querySelector('#shown select'); name.value = 'elnino';"
            + " name.dispatchEvent(new Event('input', {bubbles: true}));"
            + " name.dispatchEvent(new Event('change', {bubbles: true}))");
    browser.awaitTrue(
        "document.querySelector('#description').textContent.includes('columns: temperature')");
    add("time_warping");
    browser.awaitTrue(SHOWN);
    assertThat(browser.evaluate("document.querySelector('#request').value").asText())
        .contains("\"column\": \"temperature\"", "time_warping");
    assertThat(
            browser
                .evaluate("document.querySelectorAll('#transforms > .field > .add option').length")
                .asInt())
        .isEqualTo(7);
  }

  @Test
  void anErrorStandsBesideItsField() throws Exception {
    openShapes(", \"augmentation\": {\"rotation_range\": 999}");
    browser.awaitTrue(REFUSED);
    assertThat(error(ROTATION)).isEqualTo("999 is out of range; give 0..180");
    assertThat(error("augmentation.shear_range")).isEmpty();
    assertThat(told()).isEqualTo(ROTATION + ": 999 is out of range; give 0..180");
    browser.evaluate(slider(ROTATION) + ".focus()");
    browser.press("ArrowLeft", ARROW_RIGHT - 2);
    browser.awaitTrue(SHOWN);
    assertThat(error(ROTATION)).isEmpty();
  }

  @Test
  void anErrorWithinATransformStandsBesideItsParameter() throws Exception {
    openShapes(
        """
        , "augmentation": {"transforms": [{"type": "one_of", "transforms": [
          {"type": "grayscale"}, {"type": "gaussian_blur", "kernel_size": 4}]}]}""");
    browser.awaitTrue(REFUSED);
    assertThat(error("augmentation.transforms[0].transforms[1].kernel_size"))
        .isEqualTo("4 is even; give an odd size");
  }

  @Test
  void aRunIsTakenOver() throws Exception {
    open("?run=shapes-1");
    browser.awaitTrue(
        SHOWN + " && document.getElementById('caption').textContent.includes('seed 3')");
    assertThat(json(".dataset.name")).isEqualTo("\"shapes\"");
    browser.evaluate(
        "document.getElementById('run').value = 'unheard-of';"
            + "document.getElementById('take').click()");
    browser.awaitTrue(REFUSED);
    assertThat(error("run")).contains("is not a run that is known");
  }
}
