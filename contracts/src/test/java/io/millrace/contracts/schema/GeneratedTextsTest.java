package io.millrace.contracts.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The schema and the README repeat the fields of a training request, generated from the records.
 */
class GeneratedTextsTest {
  private static final String WRITES =
      "; mvn test -pl contracts -Dtest=GeneratedTextsTest -Dwrite=true writes it";
  private static final Path SCHEMA =
      Path.of("src/main/resources/io/millrace/contracts/schema", "training-request.schema.json");

  private static final Path README = Path.of("README.md");

  @Test
  void theSchemaHasTheFieldsOfTheRecords() throws IOException {
    assertIsGenerated(SCHEMA, RequestSchemaText.generate());
  }

  @Test
  void theReadmeListsTheFieldsOfTheRecords() throws IOException {
    assertIsGenerated(
        README,
        RequestFieldsText.fill(
            Files.readString(README), type -> RequestSchemaText.description(type.getSimpleName())));
  }

  private static void assertIsGenerated(Path file, String text) throws IOException {
    if (Boolean.getBoolean("write")) {
      Files.writeString(file, text);
    }
    assertThat(Files.readString(file)).as(file + WRITES).isEqualTo(text);
  }
}
