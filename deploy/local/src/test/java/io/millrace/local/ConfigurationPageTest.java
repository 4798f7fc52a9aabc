package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationPageTest {
  private static final Path ROOT = Path.of("../..");
  private static final Path PAGE = ROOT.resolve("deploy/configuration.md");

  @Test
  void thePageMatchesTheCode() throws Exception {
    String page = ConfigurationPage.of(ROOT);
    if (Boolean.getBoolean("write")) {
      Files.writeString(PAGE, page);
    }

    assertThat(Files.readString(PAGE))
        .as(
            "deploy/configuration.md; mvn test -pl deploy/local -am -Dtest=ConfigurationPageTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dwrite=true updates it")
        .isEqualTo(page);
  }

  @ParameterizedTest
  @ValueSource(strings = {"augmentation-service", "trainer-service", "results-service"})
  void everyPropertyIsDescribed(String service) throws Exception {
    assertThat(ConfigurationPage.rows(ROOT.resolve(service)))
        .hasSizeGreaterThan(10)
        .allSatisfy(row -> assertThat(row.description()).as(row.name()).isNotBlank());
  }
}
