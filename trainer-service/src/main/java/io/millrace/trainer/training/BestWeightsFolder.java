package io.millrace.trainer.training;

import io.millrace.trainer.checkpoint.CheckpointStore.NetworkReader;
import io.millrace.trainer.checkpoint.CheckpointStore.NetworkWriter;
import io.millrace.trainer.store.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Best weights in a folder: for each name a folder with {@code network.zip} and its digest, which
 * appears at once.
 *
 * @param folder of this run alone; made when it is first needed
 */
record BestWeightsFolder(Path folder) implements BestWeights {
  private static final int KEPT = 3;
  private static final String NETWORK = "network.zip";
  private static final String DIGEST = "network.sha256";

  @Override
  public void keep(String name, NetworkWriter network) throws IOException {
    Path scratch = Files.createDirectories(folder.resolve(".new-" + UUID.randomUUID()));
    try {
      network.save(scratch.resolve(NETWORK));
      Files.writeString(scratch.resolve(DIGEST), Digests.sha256(scratch.resolve(NETWORK)));
      delete(folder.resolve(name));
      Files.move(scratch, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(scratch);
    }
    String callback = name.substring(0, name.indexOf("-epoch-") + 1);
    for (Path old : newestFirst(callback).stream().skip(KEPT).toList()) {
      delete(old);
    }
  }

  @Override
  public boolean has(String name) throws IOException {
    try {
      return Files.readString(folder.resolve(name).resolve(DIGEST))
          .equals(Digests.sha256(folder.resolve(name).resolve(NETWORK)));
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public void restore(String name, NetworkReader network) throws IOException {
    network.restore(folder.resolve(name).resolve(NETWORK));
  }

  private List<Path> newestFirst(String callback) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(callback))
          .sorted(Comparator.comparing(Path::getFileName).reversed())
          .toList();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
