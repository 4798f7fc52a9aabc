package io.millrace.results;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.messaging.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The pages in a browser: events from Kafka become pixels. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class PagesTest extends RunningPages {
  private static final int SOME_INK = 200;

  /**
   * The number of pixels of a canvas in a series' colour, and the number of rows with such pixels.
   * Antialiased edges do not count.
   */
  private static final String INK =
      """
      ([chart, series]) => {
        const probe = document.body.appendChild(document.createElement('span'));
        probe.style.color = `var(--series-${series})`;
        const [r, g, b] = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
        probe.remove();
        const canvas = document.querySelectorAll('.chart')[chart]?.querySelector('canvas');
        if (!canvas) {
          return [0, 0];
        }
        const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let ink = 0;
        const rows = new Set();
        for (let i = 0; i < data.length; i += 4) {
          const far = Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b);
          if (data[i + 3] > 200 && far < 12) {
            ink++;
            rows.add(Math.floor(i / 4 / canvas.width));
          }
        }
        return [ink, rows.size];
      }
      """;

  /** Counts the clearings of canvases. Each drawing of a chart starts with one. */
  private static final String COUNT_DRAWINGS =
      """
      () => {
        window.drawings = 0;
        const {clearRect} = CanvasRenderingContext2D.prototype;
        CanvasRenderingContext2D.prototype.clearRect = function (...box) {
          window.drawings++;
          clearRect.apply(this, box);
        };
      }
      """;

  /** The count after the next frame, when the page has finished its pending drawings. */
  private static final String DRAWINGS =
      "() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame("
          + "() => resolve(window.drawings))))";

  private static final String SCRIPTS =
      "performance.getEntriesByType('resource').filter(one => /[.]js$/.test(one.name))"
          + ".reduce((sum, one) => sum + one.encodedBodySize, 0)";

  private static int ink(Page page, int chart, int series) {
    return drawn(page, chart, series).get(0);
  }

  /** The height of a curve in pixels. */
  private static int height(Page page, int chart, int series) {
    return drawn(page, chart, series).get(1);
  }

  private static List<Integer> drawn(Page page, int chart, int series) {
    return ((List<?>) page.evaluate(INK, List.of(chart, series)))
        .stream().map(Integer.class::cast).toList();
  }

  /** Two variants with two replicates each. The second variant learns less and is better. */
  private static void publishExperiment(String experiment) {
    for (int seed = 1; seed <= 2; seed++) {
      for (String variant : List.of("plain", "dropout")) {
        boolean better = variant.equals("dropout");
        String run = experiment + "-" + variant + "-" + seed;
        Events events = Events.ofImages(run, experiment, variant, seed);
        var all = new ArrayList<TrainingEvent>(List.of(events.started()));
        for (int epoch = 0; epoch < 2; epoch++) {
          double loss = (better ? 1.6 : 1.4) - 0.5 * epoch + 0.02 * seed;
          all.add(events.steps(epoch, loss + 0.2, loss, loss - 0.2));
          all.add(events.epoch(epoch, loss, (better ? 0.9 : 1.5) - 0.1 * epoch + 0.02 * seed));
        }
        all.add(events.evaluatedImages((better ? 0.9 : 0.8) + 0.001 * seed));
        all.add(events.completed(2));
        publisher.events(all);
        awaitState(run, "COMPLETED");
      }
    }
  }

  private static void awaitInk(Page page, int chart, int series) {
    await().atMost(PATIENCE).until(() -> ink(page, chart, series) > SOME_INK);
  }

  @Test
  void anExperimentPageShowsTheAnswerTheComparisonAndTheCurves() {
    publishExperiment("page-shoes");

    Page page = show("/");
    Locator item = page.locator(".experiment", new Page.LocatorOptions().setHasText("page-shoes"));
    assertThat(item.locator(".line")).containsText("dropout");
    assertThat(item.locator(".spark path").first())
        .hasAttribute("d", Pattern.compile("M0\\.00 .*L100\\.00 .*"));
    item.locator("h2 a").click();

    assertThat(page.locator(".answer")).containsText("dropout");
    Locator rows = page.locator("[aria-label=Comparison] tbody tr");
    assertThat(rows.filter(new Locator.FilterOptions().setHasText("better")))
        .containsText("dropout");
    for (int chart = 0; chart < 2; chart++) {
      awaitInk(page, chart, 0);
      awaitInk(page, chart, 1);
    }

    Locator entry = page.locator(".legend button", new Page.LocatorOptions().setHasText("dropout"));
    int dropout =
        entry.locator(".swatch line").getAttribute("style").contains("--series-0") ? 0 : 1;
    entry.click();
    await().atMost(PATIENCE).until(() -> ink(page, 1, dropout) == 0);
    assertThat(ink(page, 1, 1 - dropout))
        .as("the other variant's curve stays")
        .isGreaterThan(SOME_INK);

    page.getByText("step", new Page.GetByTextOptions().setExact(true)).click();
    page.getByText("log scale").click();
    awaitInk(page, 0, 1 - dropout);
    assertThat(page.url()).contains("x=step", "log=1");
  }

  @Test
  void aLiveRunsCurveGrows() {
    Events events = Events.ofImages("page-live-1", "page-live", "plain", 1);
    publisher.events(events.started(), events.steps(0, 1.0, 1.0, 1.0));
    awaitState("page-live-1", "RUNNING");
    Page page = show("/ui/runs/page-live-1");
    assertThat(page.locator(".progress")).containsText("step 3 of 6");
    assertThat(page.locator(".run-head")).containsText("live");
    awaitInk(page, 0, 0);
    page.evaluate("document.body.dataset.mark = 'not loaded again'");
    assertThat(height(page, 0, 0)).as("the height of a curve of equal losses").isLessThan(10);

    publisher.events(events.epoch(0, 1.0, 1.5), events.steps(1, 3.0, 0.5, 3.0));

    await().atMost(PATIENCE).until(() -> height(page, 0, 0) > 100);
    await("the dot of the first val_loss").atMost(PATIENCE).until(() -> ink(page, 0, 1) > 10);
    assertThat(page.locator(".progress")).containsText("step 6 of 6");
    assertThat(page.locator(".log")).containsText("val_loss");

    publisher.events(events.evaluatedImages(0.75), events.completed(2));

    assertThat(page.locator(".progress")).containsText("Completed");
    assertThat(page.locator(".confusion")).containsText("10");
    assertThat(page.locator("body")).hasAttribute("data-mark", "not loaded again");
  }

  @Test
  void aBrokenStreamResumesWhereItStoppedWithoutDuplicatePoints() throws Exception {
    Events events = Events.ofImages("page-broken-1", "page-broken", "plain", 1);
    publisher.events(events.started(), events.steps(0, 1.0, 1.0, 1.0));
    awaitState("page-broken-1", "RUNNING");
    try (var line = new BreakableLine(root)) {
      Page page = chromium.show(line.uri("/ui/runs/page-broken-1"), "shown");
      assertThat(page.locator(".run-head")).containsText("live");
      assertThat(page.locator(".progress")).containsText("step 3 of 6");
      awaitInk(page, 0, 0);

      line.breakOff();
      assertThat(page.locator(".run-head")).containsText("connecting…");
      publisher.events(events.steps(1, 3.0, 0.5, 3.0));
      awaitUntil("/runs/page-broken-1", run -> run.getInt("steps_done") == 6);
      line.mend();

      assertThat(page.locator(".progress"))
          .containsText(
              "step 6 of 6",
              new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE.toMillis()));
      assertThat(page.locator(".run-head")).containsText("live");
      await().atMost(PATIENCE).until(() -> height(page, 0, 0) > 100);
      List<String> read = read(page);
      assertThat(read)
          .extracting(point -> point.replaceFirst(".*: loss ", ""))
          .containsExactly("1.000", "1.000", "1.000", "3.000", "0.5000", "3.000");
      assertThat(read).doesNotHaveDuplicates();
      assertThat(page.locator(".log li")).hasCount(1);
    }
  }

  @Test
  void aChartIsRedrawnForAnotherViewButNotForTheSameData() {
    publishExperiment("page-redraw");
    Page page = show("/ui/experiments/page-redraw");
    awaitInk(page, 0, 0);
    page.evaluate(COUNT_DRAWINGS);

    page.getByLabel("Choose variant plain").check();
    page.getByLabel("Choose variant dropout").check();
    assertThat(page.getByText("Compare 2 variants")).isVisible();
    assertThat((int) page.evaluate(DRAWINGS)).isZero();

    page.getByText("log scale").click();
    await().atMost(PATIENCE).until(() -> (int) page.evaluate(DRAWINGS) > 0);
  }

  /** The points of the first chart, as the arrow keys read them. */
  private static List<String> read(Page page) {
    page.locator(".chart").first().focus();
    page.keyboard().press("Home");
    var points = new ArrayList<String>();
    String point = page.locator("#announce").textContent();
    while (points.isEmpty() || !points.get(points.size() - 1).equals(point)) {
      points.add(point);
      page.keyboard().press("ArrowRight");
      point = page.locator("#announce").textContent();
    }
    return points;
  }

  @Test
  void anExperimentsCurvesGrowWhileItsRunsTrain() {
    Events events = Events.ofImages("page-grow-1", "page-grow", "plain", 1);
    publisher.events(events.started(), events.steps(0, 1.0, 1.0, 1.0));
    awaitState("page-grow-1", "RUNNING");
    Page page = show("/ui/experiments/page-grow?x=step");
    awaitInk(page, 0, 0);
    assertThat(height(page, 0, 0)).as("the height of a curve of equal losses").isLessThan(10);

    // Steps only: no epoch has ended, and the log has no new entry.
    publisher.events(events.steps(1, 3.0, 0.5, 3.0));

    await().atMost(PATIENCE).until(() -> height(page, 0, 0) > 100);
  }

  @Test
  void aRunPageOffersTheModelForDownload() throws Exception {
    byte[] model = "what a trainer has stored".getBytes(StandardCharsets.UTF_8);
    Files.createDirectories(Infrastructure.models().resolve("page-model-1"));
    Files.write(Infrastructure.models().resolve("page-model-1/model.zip"), model);
    publisher.events(
        Events.ofImages("page-model-1", "page-model", "plain", 1).imageLife(0.5, 1.5, 1.25));
    awaitState("page-model-1", "COMPLETED");
    Page page = show("/ui/runs/page-model-1");

    Download download =
        page.waitForDownload(() -> page.getByText(Pattern.compile("^Model \\(")).click());

    assertThat(download.suggestedFilename()).isEqualTo("page-model-1.zip");
    assertThat(Files.readAllBytes(download.path())).isEqualTo(model);
  }

  @Test
  void aRunIsCancelledFromItsPage() {
    Events events = Events.ofImages("page-cancel-1", "page-cancel", "plain", 1);
    publisher.events(events.started());
    awaitState("page-cancel-1", "RUNNING");
    Page page = show("/ui/runs/page-cancel-1");
    page.onDialog(Dialog::accept);

    page.locator(".run-head")
        .getByText("Cancel", new Locator.GetByTextOptions().setExact(true))
        .click();

    assertThat(page.locator("#announce")).containsText("Cancelling the run");
    assertThat(records(Topics.TRAINING_COMMANDS, "page-cancel-1")).hasSize(1);
    publisher.events(events.cancelled());
    assertThat(page.locator(".progress")).containsText("Cancelled");
    assertThat(
            page.locator(".run-head")
                .getByText("Cancel", new Locator.GetByTextOptions().setExact(true)))
        .hasCount(0);
  }

  /** Stores a rejected request as admission does: the request and the reason. */
  private static void reject(String run, String experiment, String epochs) throws SQLException {
    String request =
        new String(Events.imageRequest(null, experiment, "typo", 1), StandardCharsets.UTF_8)
            .replace("\"epochs\": 2", epochs);
    String reason = "epocs: is not a field here; did you mean epochs?";
    try (var database = Infrastructure.database();
        var insert =
            database.prepareStatement(
                "with r as (insert into run (run, experiment, variant, state, progress, reason,"
                    + " request, created_at, queued_at, ended_at) values (?, ?, 'typo', 'REJECTED',"
                    + " 2, ?, cast(? as json), now(), now(), now()) returning id) insert into"
                    + " rejection (run_id, at, digest, field, reason, conflict) select id, now(),"
                    + " '', 'epocs', ?, false from r")) {
      insert.setString(1, run);
      insert.setString(2, experiment);
      insert.setString(3, reason);
      insert.setString(4, request);
      insert.setString(5, reason);
      insert.executeUpdate();
    }
  }

  @Test
  void aRejectedRequestIsCorrectedAndSubmittedAgain() throws Exception {
    reject("page-mend-1", "page-mend", "\"epocs\": 2");
    Page page = show("/ui/runs/page-mend-1");
    assertThat(page.locator(".progress")).containsText("epocs: is not a field here");

    page.locator(".run-head").getByText("Run again with changes").click();

    Locator text = page.locator("#request");
    assertThat(text).hasValue(Pattern.compile("\"run\": \"page-mend-1\"[\\s\\S]*\"epocs\": 2"));
    assertThat(page.locator(".verdict")).containsText("is not a field here");
    text.fill(text.inputValue().replace("epocs", "epochs"));
    assertThat(page.locator("button.main")).isEnabled();
    page.locator("button.main").click();

    awaitState("page-mend-1", "QUEUED");
    assertThat(get("/runs/page-mend-1").getInt("epochs")).isEqualTo(2);
  }

  @Test
  void manyRejectedRequestsDoNotHideTheRuns() throws Exception {
    publishExperiment("page-crowd");
    for (int i = 0; i < 60; i++) {
      reject("page-crowd-bad-" + i, "page-crowd", "\"epocs\": " + i);
    }
    Page page = show("/ui/runs?experiment=page-crowd");
    Locator rows = page.locator("tbody tr");
    assertThat(rows).hasCount(4);
    assertThat(page.locator(".chips")).containsText("all accepted 4");
    assertFits(page, "runs-crowd");

    page.locator(".chips").getByText("rejected 60").click();
    assertThat(rows).hasCount(50);
    assertThat(rows.first()).containsText("page-crowd");
    assertThat(rows.first()).containsText("typo");
    assertThat(rows.first()).containsText("just now");
    assertFits(page, "runs-rejected");
    page.getByLabel("Choose all listed runs").check();
    assertThat(page.locator(".chosen"))
        .containsText("Choose 2 to 10 runs to compare; 50 are chosen.");
    assertThat(page.locator(".chosen a")).hasCount(0);

    page = show("/ui/experiments/page-crowd");
    assertThat(page.locator(".facts")).containsText("60 rejected requests");
    assertThat(page.locator("[aria-label=Comparison] tbody")).not().containsText("typo");
    assertFits(page, "experiment-crowd");
  }

  @Test
  void runsAreArchivedRestoredAndDeletedInTheBrowser() {
    publishExperiment("page-house");
    Page page = show("/ui/runs?experiment=page-house");
    page.onDialog(Dialog::accept);
    Locator rows = page.locator("tbody tr");
    assertThat(rows).hasCount(4);

    page.getByLabel("Choose page-house-plain-1").check();
    page.getByLabel("Choose page-house-plain-2").check();
    assertFits(page, "runs-chosen");
    page.locator(".chosen").getByText("Archive").click();
    assertThat(rows).hasCount(2);
    page.locator("#filter-archived").selectOption("only");
    assertThat(rows).hasCount(2);
    assertThat(rows.first()).containsText("archived");
    assertFits(page, "runs-archived");

    rows.first().locator("a.id").click();
    assertThat(page.locator(".run-head")).containsText("archived");
    assertFits(page, "run-archived");
    page.locator(".run-head").getByText("Restore").click();
    assertThat(page.locator(".run-head .tag")).isHidden();
    page.locator(".run-head").getByText("Delete").click();
    page.waitForURL(Pattern.compile(".*/ui/runs\\?experiment=page-house"));
    assertThat(page.locator("tbody tr")).hasCount(2);

    page = show("/ui/experiments/page-house");
    page.onDialog(Dialog::accept);
    page.locator(".run-head").getByText("Archive").click();
    page.waitForURL(Pattern.compile(".*/ui/$"));
    page.getByLabel("archived", new Page.GetByLabelOptions().setExact(true)).check();
    Locator item = page.locator(".experiment", new Page.LocatorOptions().setHasText("page-house"));
    assertThat(item).isVisible();
    assertFits(page, "experiments-archived");
    item.locator("h2 a").click();
    assertThat(page.locator(".facts")).containsText("with archived runs");
    page.locator(".run-head").getByText("Delete").click();
    page.waitForURL(Pattern.compile(".*/ui/$"));
    assertThat(page.locator(".list")).not().containsText("page-house");
    assertThat(get("/runs?experiment=page-house&archived=true").getList("runs")).isEmpty();
  }

  @Test
  void aSearchShowsItsTrialsAndWhyTheyWereStopped() {
    publisher.request(
        "page-search-base", Events.searchRequest("page-search", "hyperband", null, 3));
    awaitState("page-search-base-2", "QUEUED");
    awaitUntil(
        "/experiments/page-search",
        view -> view.getString("answer").startsWith("The search is running"));
    given().post("/experiments/page-search/cancel").then().statusCode(200);
    awaitUntil(
        "/experiments/page-search",
        view -> view.getString("answer").startsWith("The search ended (cancelled by a user)"));

    Page page = show("/ui/experiments/page-search");

    Locator trials = page.getByLabel("Search").locator("tbody tr");
    assertThat(trials).hasCount(17);
    assertThat(trials.last()).containsText("stopped because the search ended: cancelled by a user");
    assertThat(page.locator(".facts")).containsText("hyperband by val_loss, 0 of 153 epochs spent");
    assertFits(page, "experiment-search");
  }

  @Test
  void aCurvePointSelectedWithTheKeyboardIsAnnounced() {
    publisher.events(
        Events.ofImages("page-keys-1", "page-keys", "plain", 1).imageLife(0.5, 1.5, 1.25));
    awaitState("page-keys-1", "COMPLETED");
    Page page = show("/ui/runs/page-keys-1");
    awaitInk(page, 0, 0);

    page.locator(".chart").first().focus();
    page.keyboard().press("End");

    assertThat(page.locator("#announce")).containsText("step 6: val_loss 1.250");
    assertThat(page.locator(".tip").first()).isVisible();
    page.keyboard().press("Escape");
    assertThat(page.locator(".tip").first()).isHidden();
  }

  @Test
  void aSeriesRunPageExplainsItsErrorsAndListsThemByStepAhead() throws Exception {
    Events series = Events.ofSeries("page-ahead-1", "page-ahead", "adam", 1);
    publisher.events(
        series.started(), series.epoch(0, 0.4, 0.3), series.evaluatedSeries(), series.completed(1));
    awaitState("page-ahead-1", "COMPLETED");

    Page page = show("/ui/runs/page-ahead-1");

    Locator prediction = page.locator("[aria-label=Prediction]");
    prediction
        .getByText(
            "3 test samples, one step ahead; errors: all samples, all 2 steps ahead; chart and"
                + " large numbers: sea")
        .waitFor();
    prediction
        .getByRole(AriaRole.ROW)
        .filter(new Locator.FilterOptions().setHasText("air"))
        .waitFor();
    prediction.getByText("0.500 seasonal naive").waitFor();
    String last = prediction.locator("tbody tr").last().innerText();
    assertThat(last.split("\\s+")).containsExactly("2", "0.300", "0.600", "0.150", "0.450");
    assertThat(page.locator("[aria-label=Data] p").allInnerTexts())
        .containsExactly(
            "Dates from Date (month first): 2015-01-02 to 2020-12-31, 1 working day between rows.",
            "The rows of the file were not sorted by time. They have been sorted.",
            "Missing: 3 values and 2 steps (interpolate); 40 windows affected.");
  }

  @Test
  void aNumberThatIsNotFiniteIsMarked() {
    publisher.events(
        Events.ofImages("page-nan-1", "page-nan", "plain", 1)
            .imageLife(Double.NaN, Double.NaN, Double.NaN));
    publisher.events(
        Events.ofImages("page-nan-2", "page-nan", "dropout", 1).imageLife(0.5, 2.0, 1.5));
    awaitState("page-nan-1", "COMPLETED");
    awaitState("page-nan-2", "COMPLETED");

    Page page = show("/ui/runs/page-nan-1");
    Locator numbers = page.locator("[aria-label=Numbers]");
    assertThat(numbers.locator("div").filter(new Locator.FilterOptions().setHasText("test acc")))
        .containsText("not finite");
    assertThat(numbers).containsText("Not finite: the calculation divided by zero or overflowed.");
    assertFits(page, "run-not-finite");
    page = show("/ui/runs/page-nan-2");
    assertThat(page.locator("[aria-label=Numbers]")).containsText("test acc");
    assertThat(page.locator("[aria-label=Numbers]")).not().containsText("ot finite");

    page = show("/ui/experiments/page-nan");
    Locator plain = page.locator("[aria-label=Comparison] tbody tr").first();
    assertThat(plain).containsText("plain");
    assertThat(plain.locator("td").nth(2)).hasText("not finite");
    assertThat(page.locator(".answer")).containsText("dropout");
    assertFits(page, "experiment-not-finite");
  }

  @Test
  void everyPageFitsPhoneAndLaptopScreensInLightAndDarkMode() throws Exception {
    publishExperiment("page-widths");
    Events series = Events.ofSeries("page-series-1", "page-series", "adam", 1);
    publisher.events(
        series.started(),
        series.steps(0, 0.5, null, 0.25),
        series.epoch(0, 0.4, 0.3),
        series.evaluatedSeries(),
        series.completed(1));
    awaitState("page-series-1", "COMPLETED");

    for (String path :
        List.of(
            "/ui/",
            "/ui/experiments/page-widths",
            "/ui/experiments/page-widths/report",
            "/ui/compare?experiment=page-widths&variant=plain&variant=dropout",
            "/ui/compare?run=page-widths-dropout-1&run=page-widths-plain-1",
            "/ui/runs/page-widths-dropout-1",
            "/ui/runs/page-series-1",
            "/ui/runs",
            "/ui/new",
            "/ui/login")) {
      Page page = show(path);
      assertThat((int) page.evaluate(SCRIPTS))
          .as("compressed bytes of the scripts of %s", path)
          .isBetween(20_000, 100_000);
      for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        for (int width : List.of(Chromium.WIDTH, Chromium.PHONE)) {
          page.setViewportSize(width, Chromium.HEIGHT);
          assertFits(page, path.substring(4).replaceAll("[/?&=]", "-") + "-" + scheme, width);
          assertThat(Chromium.obstacles(page))
              .as("%s at %d pixels, %s", path, width, scheme)
              .isEmpty();
        }
      }
    }
  }

  @Test
  void anUnknownAddressShowsPageNotFound() {
    Page page = show("/ui/zzz", "failed");

    assertThat(page.locator("h1")).hasText("Page not found");
    assertThat(Chromium.obstacles(page)).isEmpty();
    given().get("/ui/zzz").then().statusCode(404);
    given().get("/ui/").then().statusCode(200);
  }

  /** The plot area of a chart. */
  private static Locator plot(Page page, int chart) {
    return page.locator(".chart .u-over").nth(chart);
  }

  /** Drags over a part of a chart, from one fraction of its width to another. */
  private static void drag(Page page, int chart, double from, double to) {
    plot(page, chart).scrollIntoViewIfNeeded();
    BoundingBox box = plot(page, chart).boundingBox();
    page.mouse().move(box.x + from * box.width, box.y + box.height / 2);
    page.mouse().down();
    page.mouse().move(box.x + to * box.width, box.y + box.height / 2);
    page.mouse().up();
  }

  @Test
  void aZoomAppliesToAllChartsAndIsKeptInTheUrl() {
    publisher.events(
        Events.ofImages("page-zoom-1", "page-zoom", "plain", 1).imageLife(0.5, 1.5, 1.25));
    awaitState("page-zoom-1", "COMPLETED");
    Page page = show("/ui/runs/page-zoom-1?x=epoch");
    awaitInk(page, 0, 0);
    awaitInk(page, 1, 0);
    int whole = ink(page, 1, 0);

    drag(page, 0, 0.4, 0.9);

    Locator all = page.getByText("Show all");
    assertThat(all).isVisible();
    assertThat(page.url()).containsPattern("zoom=1[.][34]\\d*[.][.]1[.][89]");
    await("the other chart zooms too").atMost(PATIENCE).until(() -> ink(page, 1, 0) != whole);
    page.reload();
    assertThat(all).isVisible();
    page.locator(".chart").first().focus();
    page.keyboard().press("Escape");
    assertThat(all).hasCount(0);
    assertThat(page.url()).doesNotContain("zoom=");
    await().atMost(PATIENCE).until(() -> ink(page, 1, 0) == whole);
  }

  @Test
  void epochsCountFromOneAndAxesHaveTitles() throws Exception {
    publisher.events(Events.ofImages("page-one-1", "page-one", "plain", 1).imageLife(0.5, 1.5));
    awaitState("page-one-1", "COMPLETED");
    Page page = show("/ui/runs/page-one-1?x=epoch");
    await("the dot of the only epoch").atMost(PATIENCE).until(() -> ink(page, 0, 1) > 10);

    Download download = page.waitForDownload(() -> page.getByLabel("loss as SVG").click());

    String picture = Files.readString(download.path());
    assertThat(picture)
        .startsWith("<svg ")
        .contains(">epoch</text>", ">loss</text>", ">1</text>")
        .as("the axis of one epoch does not range from 0 to 100")
        .doesNotContain(">0</text>", ">100</text>");
    assertThat(page.locator(".log")).containsText("epoch 1: loss");
    page.locator(".chart").first().focus();
    page.keyboard().press("Home");
    assertThat(page.locator("#announce")).containsText("epoch 1: ");

    Download bitmap = page.waitForDownload(() -> page.getByLabel("loss as PNG").click());
    assertThat(bitmap.suggestedFilename()).isEqualTo("page-one-1-loss.png");
    assertThat(Files.readAllBytes(bitmap.path())).startsWith(0x89, 'P', 'N', 'G');
  }

  @Test
  void twoRunsOrTwoVariantsAreComparedSideBySide() {
    publishExperiment("page-pair");
    Page page = show("/ui/experiments/page-pair");
    page.getByLabel("Choose page-pair-plain-1").check();
    page.getByLabel("Choose page-pair-dropout-2").check();
    page.getByText("Compare 2 runs").click();

    page.locator("body[data-state=shown]").waitFor();
    Locator requests = page.locator("table.requests tbody tr");
    assertThat(requests).hasCount(1);
    assertThat(requests).containsText("seed");
    Locator metrics = page.locator("[aria-label=Metrics] tbody tr");
    assertThat(metrics.filter(new Locator.FilterOptions().setHasText("test acc")))
        .containsText("0.8010");
    awaitInk(page, 0, 0);
    awaitInk(page, 0, 1);

    page = show("/ui/experiments/page-pair");
    page.getByLabel("Choose variant plain").check();
    page.getByLabel("Choose variant dropout").check();
    page.getByText("Compare 2 variants").click();
    page.locator("body[data-state=shown]").waitFor();
    assertThat(page.locator("h1")).hasText("2 variants side by side");
    awaitInk(page, 0, 1);
  }

  @Test
  void aReportIsSavedAsOneFile() throws Exception {
    publishExperiment("page-report");
    Page page = show("/ui/experiments/page-report");
    page.getByText("Report", new Page.GetByTextOptions().setExact(true)).click();
    page.locator("body[data-state=shown]").waitFor();

    Download download = page.waitForDownload(() -> page.getByText("Save as one HTML file").click());

    assertThat(download.suggestedFilename()).isEqualTo("page-report-report.html");
    Path file = Path.of("target", "report.html").toAbsolutePath();
    download.saveAs(file);
    String report = Files.readString(file);
    assertThat(report)
        .contains("dropout helps", "data:image/svg+xml,", "page-report-plain-1", "\"epochs\": 2")
        .as("the report needs no other file")
        .doesNotContain("<script", "<link", "src=\"/", "src=\"http", "<button");
    Page alone = chromium.show(file.toUri(), null);
    alone.getByText("dropout helps").first().waitFor();
    assertThat((boolean) alone.evaluate("[...document.images].every(one => one.naturalWidth > 0)"))
        .isTrue();
    assertFits(alone, "report-alone");
  }

  @Test
  void theGuideWritesTheRequest() {
    Page page = show("/ui/new");
    Locator text = page.locator("#request");
    assertThat(page.getByLabel("Augment the data")).isChecked();

    page.getByLabel("Augment the data").uncheck();
    assertThat(text).not().hasValue(Pattern.compile("rotation_range"));
    page.getByLabel("Augment the data").check();
    assertThat(text).hasValue(Pattern.compile("\"rotation_range\": 10"));
    page.getByLabel("Change the optimizer").uncheck();
    assertThat(text).not().hasValue(Pattern.compile("adam-0.01"));
    page.getByLabel("small CNN").check();
    assertThat(text).hasValue(Pattern.compile("\"filters\": 16"));
    // The dropout variant uses the new network.
    assertThat(text)
        .hasValue(
            Pattern.compile(
                "\"type\": \"Dropout\", \"rate\": 0.5},\\s+\\{\"type\": \"Dense\", \"units\": 10"));
    page.getByLabel("a fixed number").check();
    assertThat(text).hasValue(Pattern.compile("\"seeds\": 6"));

    assertThat(page.locator(".verdict")).containsText("It starts 18 runs.");
    assertThat(page.getByLabel("What will run")).containsText("18 runs, 25 epochs each.");
    page.getByLabel("What will run").getByText("Start 18 runs").click();
    page.waitForURL(Pattern.compile(".*/ui/experiments/tricks$"));
  }

  @Test
  void anUnknownExperimentShowsAnError() {
    Page page = show("/ui/experiments/page-nobody", "failed");

    assertThat(page.locator("main")).containsText("Not found");
  }

  @Test
  void anErrorInAVariantIsShownAtItsLine() {
    Page page = show("/ui/new");
    page.locator("#request")
        .fill(
            """
            {"experiment": "page-variants", "dataset": {"name": "fashion-mnist"},
             "model": {"layers": [{"type": "Dense", "units": 10, "activation": "softmax"}]},
             "loss": "categorical_crossentropy", "seeds": 2,
             "variants": [
               {"variant": "plain"},
               {"variant": "wide", "model": {"layers": [{"type": "Dense", "units": 0}]}},
               {"variant": "long", "epochs": -1}]}
            """);
    Locator verdict = page.locator(".verdict");
    Locator wrong = page.locator(".gutter .wrong");
    assertThat(verdict).containsText("variants[1].model.layers[0].units");
    assertThat(wrong).hasText("6");

    Locator text = page.locator("#request");
    text.fill(text.inputValue().replace("\"units\": 0", "\"units\": 10"));
    assertThat(verdict).containsText("variants[2].epochs");
    assertThat(wrong).hasText("7");
  }

  @Test
  void anInvalidRequestShowsEachErrorAtItsLine() {
    Page page = show("/ui/new");
    Locator text = page.locator("#request");
    Locator wrong = page.locator(".gutter .wrong");
    assertThat(page.locator(".verdict")).containsText("The request is valid.");

    text.fill(
        """
        {
          "experiment": "page-new",
          "dataset": {"name": "fashion-mnist"},
          "augmentation": {
            "brightness_range": [2, 1]},
          "model": {"layers": [
            {"type": "Flatten"},
            {"type": "Dense", "units": 10, "activation": "softmax"}]},
          "loss": "categorical_crossentropy",
          "epochs": 2
        }
        """);
    assertThat(wrong).hasText("5");
    assertThat(page.locator(".verdict")).containsText("augmentation.brightness_range");
    Locator start = page.locator("button.main");
    assertThat(start).isDisabled();

    text.fill(text.inputValue().replace("\"epochs\"", "\"epoch\"").replace("[2, 1]", "[1, 2]"));
    assertThat(wrong).hasText("10");
    assertThat(page.locator(".verdict")).containsText("did you mean epochs?");
    text.fill(text.inputValue().replace("\"epoch\"", "\"epochs\""));
    assertThat(wrong).hasCount(0);
    assertThat(start).isEnabled();
    start.click();
    page.waitForURL(Pattern.compile(".*/ui/runs/[^/]+$"));
    assertThat(page.locator(".progress")).containsText("Waiting for a trainer.");
  }

  @Test
  void formFieldsSetHowTheDataIsReadAndShowTheirErrors() {
    Page page = show("/ui/new");
    Locator text = page.locator("#request");
    text.fill(
        """
        {"experiment": "page-reading", "dataset": {"name": "shares", "column": "Close"},
         "model": {"layers": [{"type": "LSTM", "units": 4}, {"type": "Dense", "units": 1}]},
         "loss": "mse"}
        """);
    page.getByText("How the data are read").click();
    page.getByLabel("decimal separator").selectOption("comma");
    assertThat(text).hasValue(Pattern.compile("\"decimal\": \",\""));
    page.getByLabel("cell separator").selectOption("tab");
    page.getByLabel("thousands separator").selectOption("point");
    page.getByLabel("first row").selectOption("data");
    page.getByLabel("missing values").selectOption("interpolate");
    page.getByLabel("dates", new Page.GetByLabelOptions().setExact(true))
        .selectOption("none: rows are in order");
    page.getByLabel("column that names the series of a row").fill("Symbol");
    assertThat(text).hasValue(Pattern.compile("\"series_key\": \\{\"column\": \"Symbol\"}"));
    Locator wrong = page.locator(".reading .wrong");
    assertThat(wrong).hasCount(0);
    page.getByLabel("value of the series to use").fill("ACME");
    assertThat(text)
        .hasValue(
            Pattern.compile(
                "\"decimal\": \",\",\\s+\"delimiter\": \"\\\\t\",\\s+\"thousands\":"
                    + " \"\\.\",\\s+\"header\": false,\\s+\"missing\":"
                    + " \"interpolate\",\\s+\"date_column\": null,\\s+\"series_key\":"
                    + " \\{\"column\": \"Symbol\", \"value\": \"ACME\"}"));

    page.getByLabel("dates", new Page.GetByLabelOptions().setExact(true))
        .selectOption("these columns:");
    page.getByLabel("date column").fill("Day");
    page.getByLabel("time of day column, if separate").fill("Hour");
    Locator format = page.getByLabel("date format");
    format.fill("%d.%m.");
    assertThat(text).hasValue(Pattern.compile("\"date_column\": \\[\"Day\", \"Hour\"]"));
    assertThat(wrong)
        .hasText(
            "'%d.%m.' is not a date format: it has no year, %Y or %y; give a pattern such as"
                + " %d/%m/%Y, epoch_seconds or epoch_milliseconds");
    assertThat(format).hasAttribute("aria-invalid", "true");
    assertFits(page, "new-reading-series");
    format.fill("%Y %Q");
    assertThat(wrong).containsText("%Q");
    assertThat(page.locator(".verdict")).containsText("dataset.date_format");
    page.getByLabel("cell separator").selectOption("detected from the file");
    assertThat(text).not().hasValue(Pattern.compile("delimiter"));

    text.fill(
        text.inputValue()
            .replaceFirst(
                "\"dataset\": \\{[\\s\\S]*?\\},\\s+\"model\"",
                "\"dataset\": {\"name\": \"fashion-mnist\"}, \"model\""));
    Locator turned = page.getByLabel("Rotate images by their Exif orientation");
    assertThat(turned).isChecked();
    turned.uncheck();
    assertThat(text).hasValue(Pattern.compile("\"exif_orientation\": false"));
    turned.check();
    assertThat(text).not().hasValue(Pattern.compile("exif_orientation"));
    assertFits(page, "new-reading-images");
  }
}
