package io.millrace.results;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** A browser that shows one page at a time, each in its own browser context. */
final class Chromium implements AutoCloseable {
  static final int WIDTH = 1280;

  /** The width of a phone's screen. */
  static final int PHONE = 390;

  static final int HEIGHT = 800;

  private static final String AXE = axe();

  private final Playwright playwright;
  private final Browser browser;
  private final List<String> complaints = new ArrayList<>();
  private BrowserContext context;

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  /** Opens the Chromium on the {@code PATH}. Without one, the tests of the pages are skipped. */
  static Chromium open() {
    Optional<Path> program = program();
    Assumptions.assumeTrue(
        program.isPresent(),
        "there is no Chromium on the PATH; the tests of the pages are skipped");
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    return new Chromium(
        playwright,
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(program.get())
                    // The sandbox does not work as root. The pages are our own.
                    .setArgs(List.of("--no-sandbox"))));
  }

  private static Optional<Path> program() {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .flatMap(
            folder ->
                List.of("chromium", "chromium-browser", "google-chrome").stream()
                    .map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Shows a page.
   *
   * @param state the state to wait for: {@code shown} or {@code failed}; null for a file, which has
   *     none
   */
  Page show(URI address, String state) {
    leave();
    context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(WIDTH, HEIGHT)
                .setColorScheme(ColorScheme.LIGHT));
    Page page = context.newPage();
    page.onConsoleMessage(
        message -> {
          // A run that is not evaluated yet answers 404, which the page expects.
          if (message.type().equals("error")
              && !message.text().startsWith("Failed to load resource")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    page.navigate(address.toString());
    if (state != null) {
      page.locator("body[data-state=" + state + "]")
          .waitFor(
              new Locator.WaitForOptions().setTimeout((double) RunningService.PATIENCE.toMillis()));
    }
    return page;
  }

  /** The accessibility violations that axe-core finds: the rule, the element, and the reason. */
  static List<String> obstacles(Page page) {
    page.evaluate(AXE);
    Object found =
        page.evaluate(
            "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
                + ".flatMap(rule => rule.nodes.map(node => rule.id + ' at ' + node.target.join(' ')"
                + " + ': ' + (node.failureSummary ?? '').replace(/\\s+/g, ' ')))");
    return ((List<?>) found).stream().map(String.class::cast).toList();
  }

  private static String axe() {
    try (InputStream script = Chromium.class.getResourceAsStream("/axe.min.js")) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Closes the page. Returns the console errors of all pages so far. */
  List<String> leave() {
    if (context != null) {
      context.close();
      context = null;
    }
    return List.copyOf(complaints);
  }

  @Override
  public void close() {
    playwright.close();
  }
}
