package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
  @TempDir Path folder;

  @Test
  void purgeRefusesAFolderThatIsNotAStack() throws Exception {
    Path letter = Files.writeString(folder.resolve("letter.txt"), "dear all");
    Path models = Files.createDirectories(folder.resolve("models"));

    assertThatThrownBy(() -> new Home(folder).purge())
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not a stack");

    assertThat(letter).exists();
    assertThat(models).exists();
  }

  @Test
  void purgeKeepsFilesThatTheStackDidNotCreate() throws Exception {
    var home = new Home(folder.resolve("home"));
    home.create();
    StackSettings.DEFAULT.write(home);
    Path letter = Files.writeString(home.folder().resolve("letter.txt"), "dear all");

    home.purge();

    assertThat(letter).exists();
    assertThat(home.models()).doesNotExist();
    Files.delete(letter);
    StackSettings.DEFAULT.write(home);
    home.purge();
    assertThat(home.folder()).doesNotExist();
  }
}
