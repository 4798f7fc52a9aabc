package io.millrace.trainer.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * A folder of temporary files. A killed trainer leaves some behind: opening the folder deletes
 * files older than a day.
 */
record ScratchFolder(Path folder) {
  private static final Logger LOG = Logger.getLogger(ScratchFolder.class);
  private static final Duration FORGOTTEN = Duration.ofDays(1);

  /** A unique file name. */
  Path file() throws IOException {
    return Files.createDirectories(folder).resolve(UUID.randomUUID().toString());
  }

  /** Deletes files that were left behind. */
  ScratchFolder swept() {
    try (Stream<Path> files = Files.list(folder)) {
      Instant limit = Instant.now().minus(FORGOTTEN);
      for (Path file : files.toList()) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (NoSuchFileException e) {
      LOG.debugf("No old files in %s", folder);
    } catch (IOException e) {
      LOG.warnf("Old files remain in %s: %s", folder, e.getMessage());
    }
    return this;
  }
}
