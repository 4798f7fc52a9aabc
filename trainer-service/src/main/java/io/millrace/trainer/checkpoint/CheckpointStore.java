package io.millrace.trainer.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Json;
import io.millrace.contracts.json.Messages;
import io.millrace.trainer.store.Digests;
import io.millrace.trainer.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * The checkpoints of one run; the newest few are kept. A checkpoint has {@code network.zip}, as the
 * network saves it, and then {@code state.json}, which completes the checkpoint: the run's state,
 * and digests that expose a damaged checkpoint or one of another request.
 *
 * <p>A checkpoint carries the claim under which it was taken. A later claim's checkpoint is newer,
 * whatever its step: a trainer that was considered dead and wakes up cannot supersede its
 * successor, and gets an exception.
 *
 * @param <S> the state, a record that {@link Messages} can serialize
 */
public final class CheckpointStore<S> {
  private static final Logger LOG = Logger.getLogger(CheckpointStore.class);
  private static final ObjectMapper JSON = Json.MAPPER;
  private static final String NETWORK = "network.zip";
  private static final String STATE = "state.json";
  private static final Pattern FILE =
      Pattern.compile("(claim-(\\d{9})-step-(\\d{12}))/(network\\.zip|state\\.json)");

  private final ObjectStore files;
  private final String folder;
  private final int kept;
  private final String request;
  private final Class<S> type;

  /** Writes a network to a new file. */
  @FunctionalInterface
  public interface NetworkWriter {
    /** Writes the network. */
    void save(Path file) throws IOException;
  }

  /** Restores a network from a file. */
  @FunctionalInterface
  public interface NetworkReader {
    /** Reads the network. */
    void restore(Path file) throws IOException;
  }

  /** Whether a run can resume from a state. */
  @FunctionalInterface
  public interface Usable<S> {
    /** Whether the state is usable. */
    boolean test(S state) throws IOException;
  }

  /**
   * The content of {@code state.json}.
   *
   * @param request digest of the run's request
   * @param networkSha256 digest of the network's file
   * @param stateSha256 digest of the state's JSON as it was written: a state with a field that this
   *     version does not know is still intact
   * @param state the run's state
   */
  private record Sheet(String request, String networkSha256, String stateSha256, Object state) {}

  /** A file of a checkpoint. */
  private record Part(String snapshot, int claim, long step, String file) {
    static Optional<Part> of(String name) {
      Matcher parts = FILE.matcher(name);
      return parts.matches()
          ? Optional.of(
              new Part(
                  parts.group(1),
                  Integer.parseInt(parts.group(2)),
                  Long.parseLong(parts.group(3)),
                  parts.group(4)))
          : Optional.empty();
    }
  }

  /** A later claim has checkpoints of its own, so this one is refused. */
  public static final class OutdatedException extends IOException {
    private static final long serialVersionUID = 1L;

    private OutdatedException(int claim, int newer) {
      super("claim " + newer + " has taken over the run from claim " + claim);
    }
  }

  /**
   * The checkpoints in a folder of a store.
   *
   * @param folder a folder of this run only
   * @param kept how many are kept, 1 or more
   * @param request the request's digest; checkpoints of another request are not used
   * @param type the state's class
   */
  public CheckpointStore(
      ObjectStore files, String folder, int kept, String request, Class<S> type) {
    this.files = files;
    this.folder = folder;
    this.kept = Check.range("millrace.trainer.checkpoints-kept", kept, 1, 1_000);
    this.request = request;
    this.type = type;
  }

  /**
   * Takes a checkpoint and stores it at once.
   *
   * @param claim the version of the claim under which the run trains
   * @param step the number of steps made
   * @return bytes written
   * @throws OutdatedException if a later claim has a checkpoint; nothing changes then
   */
  public long save(int claim, long step, S state, NetworkWriter network) throws IOException {
    refuseOutdated(claim, parts());
    Snapshot<S> taken = take(claim, step, state, network);
    try {
      return store(taken);
    } finally {
      Files.deleteIfExists(taken.file);
    }
  }

  /**
   * A checkpoint that is taken but not stored yet; the network may change from now on.
   *
   * @param file a local file with the network
   */
  public record Snapshot<S>(int claim, long step, S state, Path file) {}

  /**
   * Takes a checkpoint: writes the network to a local file, which the caller deletes.
   *
   * @see #save
   */
  public Snapshot<S> take(int claim, long step, S state, NetworkWriter network) throws IOException {
    Path file = files.scratch();
    try {
      network.save(file);
      return new Snapshot<>(claim, step, state, file);
    } catch (IOException | RuntimeException | Error e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  /**
   * Stores a checkpoint and deletes all but the newest ones; may run in another thread than the
   * run's.
   *
   * @return bytes written
   * @throws OutdatedException if a later claim has a checkpoint; nothing changes then
   */
  public long store(Snapshot<S> taken) throws IOException {
    refuseOutdated(taken.claim, parts());
    String snapshot = "claim-%09d-step-%012d".formatted(taken.claim, taken.step);
    byte[] sheet =
        Messages.write(
            new Sheet(
                request,
                Digests.sha256(taken.file),
                Digests.sha256(Messages.write(taken.state)),
                taken.state));
    long bytes = Files.size(taken.file) + sheet.length;
    files.put(name(snapshot, NETWORK), taken.file);
    files.put(name(snapshot, STATE), sheet);
    forgetOld(kept);
    return bytes;
  }

  /** Restores the newest intact checkpoint. */
  public Optional<S> restore(NetworkReader network) throws IOException {
    return restore(state -> true, network);
  }

  /**
   * Restores the newest checkpoint that is intact and usable.
   *
   * @param usable decides on a checkpoint's state
   * @param network restores the network from its file
   * @return the state; empty if no checkpoint is usable
   */
  public Optional<S> restore(Usable<S> usable, NetworkReader network) throws IOException {
    for (String snapshot : snapshots(parts())) {
      Path file = files.scratch();
      try {
        Optional<S> state = read(snapshot, file);
        if (state.isPresent() && usable.test(state.get())) {
          network.restore(file);
          return state;
        }
      } finally {
        Files.deleteIfExists(file);
      }
    }
    return Optional.empty();
  }

  /** The step of the newest checkpoint, from its name; 0 without checkpoints. */
  public long newestStep() throws IOException {
    List<Part> parts = parts();
    return snapshots(parts).stream()
        .findFirst()
        .flatMap(newest -> Part.of(newest + "/" + STATE))
        .map(Part::step)
        .orElse(0L);
  }

  /** Deletes all checkpoints except the newest one. */
  public void keepNewest() throws IOException {
    forgetOld(1);
  }

  /** Deletes all checkpoints. */
  public void clear() throws IOException {
    for (Part part : parts()) {
      files.delete(name(part.snapshot, part.file));
    }
  }

  private Optional<S> read(String snapshot, Path network) throws IOException {
    Optional<byte[]> sheet = files.read(name(snapshot, STATE));
    if (sheet.isEmpty() || !files.fetch(name(snapshot, NETWORK), network)) {
      return damaged(snapshot, "a file is missing");
    }
    try {
      JsonNode json = JSON.readTree(sheet.get());
      if (!request.equals(json.path("request").asText())) {
        return Optional.empty();
      }
      byte[] written = JSON.writeValueAsBytes(json.path("state"));
      S state = Messages.read(written, type);
      boolean whole =
          Digests.sha256(written).equals(json.path("state_sha256").asText())
              && Digests.sha256(network).equals(json.path("network_sha256").asText());
      return whole ? Optional.of(state) : damaged(snapshot, "its digests do not match");
    } catch (JsonProcessingException | InvalidMessageException e) {
      return damaged(snapshot, e.getMessage());
    }
  }

  private Optional<S> damaged(String snapshot, String how) {
    LOG.warnf(
        "Checkpoint %s is damaged (%s); trying the previous one",
        files.describe(folder + "/" + snapshot), how);
    return Optional.empty();
  }

  private static void refuseOutdated(int claim, List<Part> parts) throws OutdatedException {
    int newest = parts.stream().mapToInt(Part::claim).max().orElse(0);
    if (newest > claim) {
      throw new OutdatedException(claim, newest);
    }
  }

  private List<Part> parts() throws IOException {
    return files.list(folder).stream().flatMap(name -> Part.of(name).stream()).toList();
  }

  /** The names of checkpoints with both files, newest first. */
  private static List<String> snapshots(List<Part> parts) {
    return parts.stream()
        .filter(part -> part.file.equals(STATE))
        .map(Part::snapshot)
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /** A checkpoint younger than the oldest one to keep may still be in progress. */
  private void forgetOld(int keep) throws IOException {
    List<Part> parts = parts();
    List<String> newest = snapshots(parts).stream().limit(keep).toList();
    if (newest.isEmpty()) {
      return;
    }
    String oldest = newest.get(newest.size() - 1);
    boolean isFull = newest.size() == keep;
    for (Part part : parts.stream().sorted(Comparator.comparing(Part::file).reversed()).toList()) {
      if (isFull && part.snapshot.compareTo(oldest) < 0) {
        files.delete(name(part.snapshot, part.file));
      }
    }
  }

  private String name(String snapshot, String file) {
    return folder + "/" + snapshot + "/" + file;
  }
}
