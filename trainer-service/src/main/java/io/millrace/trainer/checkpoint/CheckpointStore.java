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
 * The snapshots of one run, of which the newest few are kept: {@code network.zip} as the network
 * saves it, and after it {@code state.json}, which makes the snapshot one, with the run's state and
 * the digests by which a damaged snapshot, or another request's, is told.
 *
 * <p>A snapshot carries the claim under which it was made, and one of a later claim is newer
 * whatever its step: a trainer that was thought dead and wakes up cannot get in front of its
 * successor, and is told so.
 *
 * @param <S> the state, a record that {@link Messages} can write
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

  /** Whether a state can be gone on from. */
  @FunctionalInterface
  public interface Usable<S> {
    /** Whether it can. */
    boolean test(S state) throws IOException;
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

  /** A file of a snapshot. */
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

  /** Refused: a later claim has snapshots of its own. */
  public static final class OutdatedException extends IOException {
    private static final long serialVersionUID = 1L;

    private OutdatedException(int claim, int newer) {
      super("claim " + newer + " has taken the run over from claim " + claim);
    }
  }

  /**
   * The snapshots in a folder of a store.
   *
   * @param folder of this run alone
   * @param kept how many are kept, 1 or more
   * @param request the request's digest; snapshots of another request are not used
   * @param type of the state
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
   * Takes a snapshot and stores it at once.
   *
   * @param claim the version of the claim under which the run trains
   * @param step steps made
   * @return bytes written
   * @throws OutdatedException where there is a snapshot of a later claim; nothing is changed then
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
   * A snapshot that was taken and is not stored yet: the network may change from now on.
   *
   * @param file a local one with the network
   */
  public record Snapshot<S>(int claim, long step, S state, Path file) {}

  /**
   * Takes a snapshot: writes the network to a local file, which is the caller's to delete.
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
   * Stores a snapshot and forgets all but the newest ones; another thread than the run's may.
   *
   * @return bytes written
   * @throws OutdatedException where there is a snapshot of a later claim; nothing is changed then
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

  /** Restores the newest snapshot that is whole. */
  public Optional<S> restore(NetworkReader network) throws IOException {
    return restore(state -> true, network);
  }

  /**
   * Restores the newest snapshot that is whole and usable.
   *
   * @param usable told a snapshot's state
   * @param network takes the network's file over
   * @return the state; empty where there is no snapshot, or none that can be used
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

  /** Steps made at the newest snapshot, as its name says; 0 where there is none. */
  public long newestStep() throws IOException {
    List<Part> parts = parts();
    return snapshots(parts).stream()
        .findFirst()
        .flatMap(newest -> Part.of(newest + "/" + STATE))
        .map(Part::step)
        .orElse(0L);
  }

  /** Deletes all snapshots but the newest one. */
  public void keepNewest() throws IOException {
    forgetOld(1);
  }

  /** Deletes all snapshots. */
  public void clear() throws IOException {
    for (Part part : parts()) {
      files.delete(name(part.snapshot, part.file));
    }
  }

  private Optional<S> read(String snapshot, Path network) throws IOException {
    Optional<byte[]> sheet = files.read(name(snapshot, STATE));
    if (sheet.isEmpty() || !files.fetch(name(snapshot, NETWORK), network)) {
      return damaged(snapshot, "a part of it is missing");
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
      return whole ? Optional.of(state) : damaged(snapshot, "its digests do not fit");
    } catch (JsonProcessingException | InvalidMessageException e) {
      return damaged(snapshot, e.getMessage());
    }
  }

  private Optional<S> damaged(String snapshot, String how) {
    LOG.warnf(
        "The checkpoint %s is damaged (%s); trying the one before",
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

  /** The names of those that have both parts, newest first. */
  private static List<String> snapshots(List<Part> parts) {
    return parts.stream()
        .filter(part -> part.file.equals(STATE))
        .map(Part::snapshot)
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /** What is younger than the oldest one to be kept may be on its way. */
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
