package io.millrace.trainer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderStoreTest {
  @TempDir Path folder;

  @Test
  void openingAFolderLeavesNoTrialFiles() throws Exception {
    FolderStore store = FolderStore.open(folder.resolve("a/b"));

    assertThat(store.list("")).isEmpty();
    assertThat(store.create("r/claim-1.json", new byte[] {1})).isTrue();
  }

  @Test
  void aFolderThatCannotBeWrittenToIsRefusedWithTheReason() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");

    assertThatThrownBy(() -> FolderStore.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ": files cannot be written and linked (");
  }
}
