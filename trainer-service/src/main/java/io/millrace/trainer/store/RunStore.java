package io.millrace.trainer.store;

import io.millrace.contracts.Check;
import io.millrace.contracts.json.Messages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of the models, which all trainers share, on one machine or over a network file system
 * with hard links (NFS has them). A run's folder holds {@code claim-<version>.json}, {@code
 * started.json}, and in the end {@code preprocessing.safetensors} for some, {@code model.zip},
 * {@code evaluation.json} and {@code result.json}. Every file appears at once and whole.
 */
public final class RunStore {
  /** The trained model, as the network saves it. */
  public static final String MODEL = "model.zip";

  /**
   * How images are standardized before the model sees them, as safetensors; there where they are,
   * before the model is.
   */
  public static final String PREPROCESSING = "preprocessing.safetensors";

  /** The latest event {@code run-started}: there once a run has begun to train. */
  public static final String STARTED = "started.json";

  /** The event {@code run-evaluated}. */
  public static final String EVALUATION = "evaluation.json";

  /** The event that told the run's end. */
  public static final String RESULT = "result.json";

  private static final Pattern CLAIM = Pattern.compile("claim-(\\d{1,9})\\.json");

  private final Path root;

  /** A store in a folder, which is made when it is first needed. */
  public RunStore(Path root) {
    this.root = root;
  }

  /** The run's folder. */
  public Path folder(String run) {
    return root.resolve(Check.name("run", run));
  }

  /** A run's file, relative to the store's root, with {@code /} between. */
  public static String relative(String run, String file) {
    return run + "/" + file;
  }

  /** The claim of the highest version, if the run has any. */
  public Optional<Claim> claim(String run) {
    int version = version(run);
    return version == 0
        ? Optional.empty()
        : read(run, claimFile(version)).map(json -> Messages.read(json, Claim.class));
  }

  /**
   * Writes a claim, if no other trainer has written one of that version.
   *
   * @return whether it is ours
   */
  public boolean put(Claim claim) {
    Path folder = folder(claim.run());
    try {
      Files.createDirectories(folder);
      Path written = write(folder, Messages.write(claim));
      try {
        Files.createLink(folder.resolve(claimFile(claim.version())), written);
        return version(claim.run()) == claim.version();
      } catch (FileAlreadyExistsException e) {
        return false;
      } finally {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the model store: " + e, e);
    }
  }

  /** Whether no other trainer has taken the run over since this claim was written. */
  public boolean isCurrent(Claim claim) {
    return version(claim.run()) == claim.version();
  }

  /** Writes a message to a run's file, over the one that may be there. */
  public void write(String run, String file, Object message) throws IOException {
    Path written = write(Files.createDirectories(folder(run)), Messages.write(message));
    move(written, folder(run).resolve(file));
  }

  /** A run's file, if it is there. */
  public Optional<byte[]> read(String run, String file) {
    try {
      return Optional.of(Files.readAllBytes(folder(run).resolve(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("the model store: " + e, e);
    }
  }

  /** A file of no one else's in the run's folder, to be written and then moved. */
  public Path scratch(String run) throws IOException {
    return Files.createDirectories(folder(run)).resolve(".new-" + UUID.randomUUID());
  }

  /** Puts a written file in its place, at once. */
  public static void move(Path written, Path place) throws IOException {
    Files.move(written, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private int version(String run) {
    try (Stream<Path> files = Files.list(folder(run))) {
      return files
          .map(file -> CLAIM.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .mapToInt(claim -> Integer.parseInt(claim.group(1)))
          .max()
          .orElse(0);
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException("the model store: " + e, e);
    }
  }

  private static String claimFile(int version) {
    return "claim-" + version + ".json";
  }

  private static Path write(Path folder, byte[] bytes) throws IOException {
    Path file = folder.resolve(".new-" + UUID.randomUUID());
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    return file;
  }
}
