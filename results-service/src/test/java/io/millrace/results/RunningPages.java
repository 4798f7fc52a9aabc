package io.millrace.results;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import io.quarkus.test.common.http.TestHTTPResource;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** A test of the pages of the running service, in a browser that all its cases share. */
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

  /**
   * Saves screenshots for a laptop and a phone, where the page must not be wider than the screen.
   */
  static void picture(Page page, String name) {
    for (int width : List.of(Chromium.PHONE, Chromium.WIDTH)) {
      page.setViewportSize(width, Chromium.HEIGHT);
      page.screenshot(
          new Page.ScreenshotOptions()
              .setFullPage(true)
              .setPath(Path.of("target", "pages", name + "-" + width + ".png")));
      assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
          .as("%s at %d pixels", name, width)
          .isLessThanOrEqualTo(width);
    }
  }
}
