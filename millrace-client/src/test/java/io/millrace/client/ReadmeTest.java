package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  @Test
  void theReadmeContainsTheCompiledExample() throws Exception {
    String example =
        Files.readString(Path.of("src/test/java/io/millrace/client/Example.java"))
            .split("// README\n")[1]
            .stripIndent()
            .strip();

    assertThat(Files.readString(Path.of("README.md"))).contains("```java\n" + example + "\n```");
  }
}
