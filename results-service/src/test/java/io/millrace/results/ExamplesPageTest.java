package io.millrace.results;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.dataset.DatasetKind;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of the page for a new experiment, with the built-in data sets announced. */
@QuarkusTest
@TestProfile(AugmentationStandIn.Beside.class)
class ExamplesPageTest extends RunningService {
  private static final List<String> CLASSES =
      List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

  @TestHTTPResource("/")
  URI root;

  private static void announce() {
    Instant now = Instant.now();
    List<DatasetAnnouncement> builtIn =
        List.of(
            new DatasetAnnouncement(
                1,
                "fashion-mnist",
                "augmenter-1",
                now,
                DatasetKind.IMAGES,
                CLASSES,
                null,
                List.of(28, 28, 1),
                null,
                null,
                10_000L,
                null,
                null,
                0,
                "ab".repeat(32),
                null),
            new DatasetAnnouncement(
                1,
                "elnino",
                "augmenter-1",
                now,
                DatasetKind.SERIES,
                null,
                null,
                null,
                List.of("temperature"),
                List.of("month"),
                756L,
                "1950-01",
                "2012-12",
                0,
                "cd".repeat(32),
                null));
    for (DatasetAnnouncement each : builtIn) {
      publisher.raw(Topics.DATASETS, each.key(), Messages.write(each));
    }
    awaitUntil(
        "/datasets",
        json -> json.getList("datasets.dataset").containsAll(List.of("fashion-mnist", "elnino")));
  }

  @Test
  void everyExampleCanBeStarted() {
    announce();
    try (Chromium chromium = Chromium.open()) {
      Page page = chromium.show(root.resolve("/ui/new"), "shown");
      Locator verdict = page.locator(".verdict");
      Locator start = page.locator("button.main");
      assertThat(verdict)
          .containsText("It starts 12 runs, and more until the comparison is decided.");
      assertThat(start).hasText("Start 12 runs");
      for (Locator example : page.getByLabel("Examples").locator("button").all()) {
        page.locator("#request").fill("{}");
        assertThat(start).isDisabled();
        example.click();
        assertThat(verdict).containsText("The request is valid.");
        assertThat(start).isEnabled();
      }

      page.locator("#request")
          .fill(page.locator("#request").inputValue().replace("\"units\": 10", "\"units\": 9"));
      assertThat(verdict).containsText("9 does not match the 10 classes; give 10");
    }
  }
}
