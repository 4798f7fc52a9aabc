package io.millrace.results;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.millrace.contracts.event.SampleAnswers;
import io.millrace.contracts.json.Messages;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The pages of experiments in a browser: parameters, columns, notes, tags, errors. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class ExperimentPagesTest extends RunningPages {
  /** The number of names in the headline that take more than one line. */
  private static final String BROKEN_NAMES =
      "[...document.querySelectorAll('.answer .name')].filter(name =>"
          + " name.offsetHeight > 1.5 * parseFloat(getComputedStyle(name).lineHeight)).length";

  private static final String DATA = "0123456789abcdef".repeat(4);

  private static Events withRate(String run, String experiment, String variant, double rate) {
    String request =
        new String(Events.imageRequest(run, experiment, variant, 1), StandardCharsets.UTF_8)
            .replace(
                "\"epochs\"",
                "\"optimizer\": {\"type\": \"Adam\", \"learning_rate\": %s}, \"epochs\""
                    .formatted(rate));
    return Events.of(Messages.readRequest(request.getBytes(StandardCharsets.UTF_8)));
  }

  private static void publishRates(String experiment) {
    for (int i = 0; i < 8; i++) {
      String run = experiment + "-" + i;
      Events events = withRate(run, experiment, "rate-" + i, Math.pow(10, -4 + i / 2));
      publisher.events(events.imageLife(0.1 * (i + 1), 1.5, 1.0));
      awaitState(run, "COMPLETED");
    }
  }

  @Test
  void aSweepPagePlotsItsMetricByParameterAndShowsImportance() throws Exception {
    publishRates("sweep-page");
    Page page = show("/ui/experiments/sweep-page");

    Locator card = page.locator("[aria-label=Parameters]");
    card.locator("svg.drawing").first().waitFor();
    assertThat(card.locator("svg.drawing").first().locator("circle")).hasCount(8);
    assertThat(card.locator("svg.drawing").first())
        .containsText("optimizer.learning_rate (log scale)");
    assertThat(card.locator("table.importance")).containsText("optimizer.learning_rate");
    assertThat(card.locator("svg.drawing a").first())
        .hasAttribute("href", Pattern.compile("/ui/runs/sweep-page-\\d"));
    Download picture =
        page.waitForDownload(
            () -> page.getByLabel(Pattern.compile("test acc by .* as SVG")).click());
    assertThat(Files.readString(picture.path())).startsWith("<svg xmlns=").doesNotContain("var(--");
    assertThat(Chromium.obstacles(page)).isEmpty();

    assertThat(page.locator("table.variants .changes").first()).containsText("learning_rate");
    page.setViewportSize(Chromium.PHONE, Chromium.HEIGHT);
    assertThat(page.locator(".answer .name").first()).containsText("rate-");
    assertThat((int) page.evaluate(BROKEN_NAMES)).isZero();
    assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
        .isLessThanOrEqualTo(Chromium.PHONE);
    assertThat(Chromium.obstacles(page)).isEmpty();
  }

  @Test
  void requestFieldsAreColumnsForSortingAndFiltering() {
    publishRates("columns-page");
    Page page = show("/ui/runs?experiment=columns-page");
    Locator rows = page.locator("tbody tr");
    assertThat(rows).hasCount(8);

    page.locator(".columns summary").click();
    page.locator(".columns").getByLabel("optimizer.learning_rate").check();
    Locator head = page.locator("thead").getByText("optimizer.learning_rate");
    head.click();
    assertThat(rows.first().locator("td").last()).hasText("0.1000");
    assertThat(page.url())
        .contains("columns=optimizer.learning_rate", "sort=optimizer.learning_rate");

    page.locator("#filter-where").fill("optimizer.learning_rate<0.001");
    assertThat(rows).hasCount(2);
    page.locator("#filter-where").fill("lr<0.001");
    assertThat(page.locator(".problem")).containsText("did you mean optimizer.learning_rate?");
    assertThat(page.locator("#filter-where")).hasAttribute("aria-invalid", "true");
    page.reload();
    assertThat(page.locator(".problem")).isVisible();
  }

  @Test
  void aNoteIsRenderedAsMarkdownWithoutRunningScripts() {
    publisher.events(
        Events.ofImages("note-page-1", "note-page", "plain", 1).imageLife(0.5, 1.5, 1.0));
    awaitState("note-page-1", "COMPLETED");
    Page page = show("/ui/experiments/note-page");

    page.getByText("Add a note").click();
    page.getByLabel("Note in Markdown")
        .fill(
            "# Why\n\nIt is **better**, see [here](javascript:alert(1)) and"
                + " [there](https://example.org/a).\n\n<img src=x onerror=alert(1)>\n\n"
                + "| a | b |\n|---|---|\n| 1 < 2 | `x` |\n");
    page.getByText("Save", new Page.GetByTextOptions().setExact(true)).click();
    assertThat(page.locator("#announce")).hasText("Saved");

    page = show("/ui/experiments/note-page");
    Locator note = page.locator(".markdown");
    assertThat(note.locator("h3")).hasText("Why");
    assertThat(note.locator("strong")).hasText("better");
    assertThat(note.locator("a")).hasCount(1);
    assertThat(note.locator("a")).hasText("there");
    assertThat(note.locator("img")).hasCount(0);
    assertThat(note).containsText("<img src=x onerror=alert(1)>");
    assertThat(note.locator("td").first()).hasText("1 < 2");
    assertThat(Chromium.obstacles(page)).isEmpty();
    assertThat(get("/experiments/note-page").getString("note")).startsWith("# Why");
  }

  @Test
  void tagsCanBeEditedOnTheRunPage() {
    publisher.events(
        Events.ofImages("tags-page-1", "tags-page", "plain", 1).imageLife(0.5, 1.5, 1.0));
    awaitState("tags-page-1", "COMPLETED");
    Page page = show("/ui/runs/tags-page-1");

    page.getByText("Add tags").click();
    page.getByLabel("Tags, separated by commas").fill("for-the-page, night");
    page.locator("form.tags").getByText("Save").click();
    page.locator(".tags").getByText("#for-the-page").click();

    assertThat(page.locator("tbody tr")).hasCount(1);
    assertThat(page.locator("tbody tr")).containsText("tags-page-1");

    page = show("/ui/runs/tags-page-1");
    page.getByText("Edit tags").click();
    page.getByLabel("Tags, separated by commas").fill("not good");
    page.locator("form.tags").getByText("Save").click();
    assertThat(page.locator(".problem")).containsText("tags[0]");
  }

  private static SampleAnswers answers(String classes, String answers) {
    var recorder = new SampleAnswers.Recorder(classes.length(), 3);
    for (int i = 0; i < classes.length(); i++) {
      recorder.add(classes.charAt(i) - '0', answers.charAt(i) - '0', 0.8f);
    }
    return recorder.answers();
  }

  @Test
  void aConfusionMatrixCellShowsItsSamplesAndVariantsAreComparedBySample() {
    for (String variant : new String[] {"plain", "dropout"}) {
      Events run = Events.ofImages("errors-" + variant, "errors-page", variant, 1);
      SampleAnswers answers =
          answers("00011122", variant.equals("plain") ? "01111022" : "00011120");
      publisher.events(run.started(DATA), run.evaluatedSamples(answers), run.completed(1));
      awaitState("errors-" + variant, "COMPLETED");
    }
    Page page = show("/ui/runs/errors-plain");

    page.getByLabel(Pattern.compile("predicted as .*: 2, ")).first().click();

    Locator samples = page.locator(".cell-samples");
    assertThat(samples.locator("h3")).containsText("2 samples");
    assertThat(samples.locator("li")).hasCount(2);
    assertThat(samples.locator("li").first()).containsText("#1");
    // There is no augmentation service in this test.
    assertThat(samples).containsText("cannot be drawn");
    assertThat(Chromium.obstacles(page)).isEmpty();

    page = show("/ui/experiments/errors-page?baseline=plain");
    page.getByText("Samples that a variant fixes or breaks").click();
    Locator comparison = page.locator("details.card");
    assertThat(comparison).containsText("dropout fixes 3 that plain gets wrong, and breaks 1");
    assertThat(comparison).containsText("Fixed by dropout: 3 samples");
    assertThat(comparison.locator("li")).hasCount(4);
    assertThat(Chromium.obstacles(page)).isEmpty();
    given().get("/experiments/errors-page/answers?a=plain&b=dropout").then().statusCode(200);
  }
}
