package io.millrace.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Page;
import io.quarkus.test.common.http.TestHTTPResource;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** Base class for tests of the pages. All tests of a class share one browser. */
abstract class RunningPages extends RunningService {
  static Chromium chromium;

  @TestHTTPResource("/")
  URI root;

  @BeforeAll
  static void openBrowser() {
    chromium = Chromium.open();
  }

  @AfterAll
  static void closeBrowser() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @AfterEach
  void theConsoleHasNoErrors() {
    assertThat(chromium.leave()).isEmpty();
  }

  Page show(String path) {
    return show(path, "shown");
  }

  Page show(String path, String state) {
    return chromium.show(root.resolve(path), state);
  }

  /** Checks that a page is not wider than the screen of a phone and that of a laptop. */
  static void assertFits(Page page, String name) {
    for (int width : List.of(Chromium.PHONE, Chromium.WIDTH)) {
      page.setViewportSize(width, Chromium.HEIGHT);
      assertFits(page, name, width);
    }
  }

  /**
   * Checks that a page is not wider than its screen. With {@code -Dpictures=true} it also saves a
   * picture of the page in {@code target/pages}, which takes most of a second.
   */
  static void assertFits(Page page, String name, int width) {
    if (Boolean.getBoolean("pictures")) {
      page.screenshot(
          new Page.ScreenshotOptions()
              .setFullPage(true)
              .setPath(Path.of("target", "pages", name + "-" + width + ".png")));
    }
    // Charts follow the new width a moment later.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
                    .as("%s at %d pixels", name, width)
                    .isLessThanOrEqualTo(width));
  }
}
