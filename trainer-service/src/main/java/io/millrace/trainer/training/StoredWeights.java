package io.millrace.trainer.training;

import io.millrace.trainer.checkpoint.CheckpointStore.NetworkReader;
import io.millrace.trainer.checkpoint.CheckpointStore.NetworkWriter;
import io.millrace.trainer.store.Digests;
import io.millrace.trainer.store.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Best weights in a store: for each name {@code network.zip}, and then its digest, which exposes
 * weights that are incomplete or damaged.
 *
 * @param folder a folder of this run only
 * @param fence called before every change; throws if another trainer has the run
 * @param queue the queue by which weights are stored while the run continues
 */
record StoredWeights(ObjectStore files, String folder, Runnable fence, StoreQueue queue)
    implements BestWeights {
  private static final int KEPT = 3;
  private static final String NETWORK = "/network.zip";
  private static final String DIGEST = "/network.sha256";

  @Override
  public void keep(String name, NetworkWriter network) throws IOException {
    Path file = files.scratch();
    try {
      network.save(file);
    } catch (IOException | RuntimeException | Error e) {
      Files.deleteIfExists(file);
      throw e;
    }
    queue.add(file, () -> store(name, file));
  }

  private void store(String name, Path file) throws IOException {
    byte[] digest = Digests.sha256(file).getBytes(StandardCharsets.UTF_8);
    fence.run();
    files.put(folder + "/" + name + NETWORK, file);
    files.put(folder + "/" + name + DIGEST, digest);
    String callback = name.substring(0, name.indexOf("-epoch-") + 1);
    // Later weights come from an earlier attempt of the run, which has restarted.
    List<String> upToThis =
        newestFirst(callback).stream().filter(other -> other.compareTo(name) <= 0).toList();
    for (String old : upToThis.stream().skip(KEPT).toList()) {
      delete(old);
    }
  }

  @Override
  public boolean has(String name) throws IOException {
    queue.await();
    Path file = files.scratch();
    try {
      return fetch(name, file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Override
  public void restore(String name, NetworkReader network) throws IOException {
    queue.await();
    Path file = files.scratch();
    try {
      if (!fetch(name, file)) {
        throw new IOException(files.describe(folder + "/" + name) + " is missing or damaged");
      }
      network.restore(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Copies weights to a local file; returns whether they exist undamaged. */
  private boolean fetch(String name, Path file) throws IOException {
    Optional<byte[]> digest = files.read(folder + "/" + name + DIGEST);
    return digest.isPresent()
        && files.fetch(folder + "/" + name + NETWORK, file)
        && Digests.sha256(file).equals(new String(digest.get(), StandardCharsets.UTF_8));
  }

  @Override
  public void clear() throws IOException {
    queue.await();
    fence.run();
    for (String name : newestFirst("")) {
      delete(name);
    }
  }

  private List<String> newestFirst(String callback) throws IOException {
    return files.list(folder).stream()
        .filter(file -> file.startsWith(callback) && file.indexOf('/') > 0)
        .map(file -> file.substring(0, file.indexOf('/')))
        .distinct()
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private void delete(String name) throws IOException {
    files.delete(folder + "/" + name + DIGEST);
    files.delete(folder + "/" + name + NETWORK);
  }
}
