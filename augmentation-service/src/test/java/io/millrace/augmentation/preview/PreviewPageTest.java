package io.millrace.augmentation.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.augmentation.intake.KafkaResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser: a configuration is opened by its address, and what it becomes is read. */
@QuarkusTest
@QuarkusTestResource(KafkaResource.class)
@QuarkusTestResource(ResultsStandIn.class)
class PreviewPageTest {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  @TestHTTPResource("/preview/page")
  URI page;

  @TempDir Path folder;

  private Path browser;

  @BeforeEach
  void find() {
    Optional<Path> found =
        Arrays.stream(System.getenv("PATH").split(":"))
            .flatMap(place -> NAMES.stream().map(name -> Path.of(place, name)))
            .filter(Files::isExecutable)
            .findFirst();
    Assumptions.assumeTrue(found.isPresent(), "no Chromium is installed");
    browser = found.get();
  }

  /** The page's elements once the sheet or an error is there. */
  private String open(String query, String preview) throws IOException, InterruptedException {
    String address =
        page
            + query
            + (preview == null
                ? ""
                : "#" + URLEncoder.encode(preview, StandardCharsets.UTF_8).replace("+", "%20"));
    Path dom = folder.resolve("dom.html");
    var command =
        new ArrayList<>(
            List.of(
                browser.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic"));
    command.addAll(
        List.of(
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--user-data-dir=" + folder.resolve("profile").toAbsolutePath(),
            "--virtual-time-budget=15000",
            "--dump-dom",
            address));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(dom.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("the browser ends").isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return Files.readString(dom);
  }

  /** The error beside a field. */
  private static String error(String dom, String path) {
    Matcher field =
        Pattern.compile(
                "(?s)data-path=\""
                    + Pattern.quote(path)
                    + "\".*?<p class=\"error\"([^>]*)>(.*?)</p>")
            .matcher(dom);
    assertThat(field.find()).as("the field " + path).isTrue();
    return field.group(1).contains("hidden") ? "" : field.group(2);
  }

  private static String told(String dom) {
    Matcher alert = Pattern.compile("(?s)<p id=\"problem\"[^>]*>(.*?)</p>").matcher(dom);
    assertThat(alert.find()).isTrue();
    return alert.group(1);
  }

  @Test
  void theSheetOfAnAddressIsShownWithItsJson() throws Exception {
    String dom =
        open(
            "",
            """
            {"dataset": {"name": "shapes"}, "seed": 4, "samples": 2, "variants": 3,
             "augmentation": {"rotation_range": 33, "transforms": [{"type": "elastic"}]}}""");
    assertThat(dom).contains("data-state=\"shown\"");
    assertThat(dom).contains("data-width=\"" + (4 * 12 * 9 + 6 + 2 * 2) + "\"");
    assertThat(dom).containsPattern("epoch 0 to 2, seed 4");
    assertThat(dom).contains("<legend>elastic</legend>");
    assertThat(told(dom)).isEmpty();
    assertThat(error(dom, "augmentation.rotation_range")).isEmpty();
  }

  @Test
  void anErrorStandsBesideItsField() throws Exception {
    String dom =
        open(
            "",
            """
            {"dataset": {"name": "shapes"}, "augmentation": {"rotation_range": 999}}""");
    assertThat(dom).contains("data-state=\"refused\"");
    assertThat(error(dom, "augmentation.rotation_range"))
        .isEqualTo("999 is out of range; give 0..180");
    assertThat(error(dom, "augmentation.shear_range")).isEmpty();
    assertThat(told(dom)).startsWith("augmentation.rotation_range: 999");
  }

  @Test
  void anErrorWithinATransformStandsBesideItsParameter() throws Exception {
    String dom =
        open(
            "",
            """
            {"dataset": {"name": "shapes"}, "augmentation": {"transforms": [
              {"type": "one_of", "transforms": [
                {"type": "grayscale"}, {"type": "gaussian_blur", "kernel_size": 4}]}]}}""");
    assertThat(error(dom, "augmentation.transforms[0].transforms[1].kernel_size"))
        .isEqualTo("4 is even; give an odd size");
  }

  @Test
  void aRunIsTakenOver() throws Exception {
    String dom = open("?run=shapes-1", null);
    assertThat(dom).contains("data-state=\"shown\"").containsPattern("seed 3");
    String unknown = open("?run=unheard-of", null);
    assertThat(error(unknown, "run")).contains("is not a run that is known");
  }
}
