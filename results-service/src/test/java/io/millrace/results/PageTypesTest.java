package io.millrace.results;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.impl.driver.Driver;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TypeScript checks the types of the pages' scripts. It runs on Playwright's own Node. */
class PageTypesTest {
  private static final String COMPILER = "META-INF/resources/webjars/typescript/";

  @TempDir Path folder;

  @Test
  void theScriptsPassTheTypeCheck() throws Exception {
    Path compiler = unpackCompiler();
    Path node =
        Driver.ensureDriverInstalled(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"), false)
            .driverDir()
            .resolve("node");
    Process process =
        new ProcessBuilder(
                List.of(
                    node.toString(),
                    compiler.toString(),
                    "-p",
                    "tsconfig.json",
                    "--pretty",
                    "false"))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("complaints").toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();

    assertThat(Files.readString(folder.resolve("complaints"), StandardCharsets.UTF_8)).isEmpty();
    assertThat(process.exitValue()).isZero();
  }

  /** Unpacks the compiler and its type declarations, without translations. */
  private Path unpackCompiler() throws IOException {
    var found = new ArrayList<Path>();
    URL jar = PageTypesTest.class.getClassLoader().getResource(COMPILER);
    var connection = (JarURLConnection) jar.openConnection();
    for (JarEntry entry : (Iterable<JarEntry>) connection.getJarFile().stream()::iterator) {
      String name = entry.getName();
      if (name.startsWith(COMPILER)
          && name.matches(".*/(lib/[^/]+\\.(js|d\\.ts)|package\\.json)")) {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        try (InputStream content = connection.getJarFile().getInputStream(entry)) {
          Files.copy(content, file);
        }
        if (name.endsWith("/lib/tsc.js")) {
          found.add(file);
        }
      }
    }
    assertThat(found).hasSize(1);
    return found.get(0);
  }
}
