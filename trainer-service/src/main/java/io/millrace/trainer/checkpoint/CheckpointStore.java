package io.millrace.trainer.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.trainer.store.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The snapshots of one run, a folder each, of which the newest two are kept: {@code network.zip} as
 * the network saves it, and {@code state.json} with the run's state and the digests by which a
 * damaged snapshot, or another request's, is told. A snapshot appears at once and whole.
 *
 * @param <S> the state, a record that {@link Messages} can write
 */
public final class CheckpointStore<S> {
  private static final Logger LOG = Logger.getLogger(CheckpointStore.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KEPT = 2;
  private static final String NETWORK = "network.zip";
  private static final String STATE = "state.json";
  private static final String NAME = "step-\\d{12}-delivery-\\d+";

  private final Path folder;
  private final String request;
  private final Class<S> type;

  /** Writes a network to a file that does not exist yet. */
  @FunctionalInterface
  public interface NetworkWriter {
    /** Writes it. */
    void save(Path file) throws IOException;
  }

  /** Takes a network over from a file. */
  @FunctionalInterface
  public interface NetworkReader {
    /** Reads it. */
    void restore(Path file) throws IOException;
  }

  /**
   * What stands beside a network's file.
   *
   * @param request digest of the request that the run belongs to
   * @param networkSha256 digest of the network's file
   * @param stateSha256 digest of the state's JSON as it was written: one with a field that is known
   *     no longer is whole nevertheless
   * @param state where the run was
   */
  private record Sheet(String request, String networkSha256, String stateSha256, Object state) {}

  /**
   * The snapshots in a folder.
   *
   * @param folder of this run alone; made when it is first needed
   * @param request the request's digest; snapshots of another request are not used
   * @param type of the state
   */
  public CheckpointStore(Path folder, String request, Class<S> type) {
    this.folder = folder;
    this.request = request;
    this.type = type;
  }

  /**
   * Writes a snapshot and forgets all but the newest two.
   *
   * @param step steps made
   * @param delivery of the request under which the run trains
   * @return bytes written
   */
  public long save(long step, int delivery, S state, NetworkWriter network) throws IOException {
    Path scratch = Files.createDirectories(folder.resolve(".new-" + UUID.randomUUID()));
    try {
      Path file = scratch.resolve(NETWORK);
      network.save(file);
      byte[] sheet =
          Messages.write(
              new Sheet(
                  request, Digests.sha256(file), Digests.sha256(Messages.write(state)), state));
      Files.write(scratch.resolve(STATE), sheet);
      long bytes = Files.size(file) + sheet.length;
      Path place = folder.resolve("step-%012d-delivery-%d".formatted(step, delivery));
      delete(place);
      Files.move(scratch, place, StandardCopyOption.ATOMIC_MOVE);
      forgetOld();
      return bytes;
    } finally {
      delete(scratch);
    }
  }

  /**
   * Restores the newest snapshot that is whole.
   *
   * @param network takes the network's file over
   * @return the state; empty where there is no snapshot, or none that can be used
   */
  public Optional<S> restore(NetworkReader network) throws IOException {
    for (Path snapshot : snapshots()) {
      Optional<S> state = read(snapshot);
      if (state.isPresent()) {
        network.restore(snapshot.resolve(NETWORK));
        return state;
      }
    }
    return Optional.empty();
  }

  /** The state of the newest snapshot that is whole. */
  public Optional<S> latest() throws IOException {
    for (Path snapshot : snapshots()) {
      Optional<S> state = read(snapshot);
      if (state.isPresent()) {
        return state;
      }
    }
    return Optional.empty();
  }

  /** Deletes all snapshots. */
  public void clear() throws IOException {
    delete(folder);
  }

  private Optional<S> read(Path snapshot) {
    try {
      JsonNode sheet = JSON.readTree(Files.readAllBytes(snapshot.resolve(STATE)));
      if (!request.equals(sheet.path("request").asText())) {
        return Optional.empty();
      }
      byte[] written = JSON.writeValueAsBytes(sheet.path("state"));
      S state = Messages.read(written, type);
      boolean whole =
          Digests.sha256(written).equals(sheet.path("state_sha256").asText())
              && Digests.sha256(snapshot.resolve(NETWORK))
                  .equals(sheet.path("network_sha256").asText());
      if (whole) {
        return Optional.of(state);
      }
      LOG.warnf("The checkpoint %s is damaged; trying an older one", snapshot.getFileName());
    } catch (IOException | InvalidMessageException e) {
      LOG.warnf("The checkpoint %s cannot be read: %s", snapshot.getFileName(), e.getMessage());
    }
    return Optional.empty();
  }

  /** Newest first. */
  private List<Path> snapshots() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches(NAME))
          .sorted(Comparator.comparing(Path::getFileName).reversed())
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private void forgetOld() throws IOException {
    for (Path old : snapshots().stream().skip(KEPT).toList()) {
      delete(old);
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
    } catch (NoSuchFileException e) {
      LOG.debugf("%s went away while it was deleted", e.getFile());
    }
  }
}
