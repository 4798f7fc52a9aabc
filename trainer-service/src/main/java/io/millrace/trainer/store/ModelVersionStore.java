package io.millrace.trainer.store;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The models, which all trainers share. A run's folder holds {@code claim-<version>.json}, and for
 * each claim under which the run trained a folder {@code v<version>}: with {@code started.json},
 * and at the end {@code preprocessing.safetensors} (for some runs), {@code model.zip}, {@code
 * evaluation.json} and {@code result.json}.
 *
 * <p>The claim is the fence. Only one trainer has a version, and its files are in a folder of their
 * own. They count once the same trainer has written the next version, which records how the run
 * ended. Files that a trainer writes after another one has taken over its run are never read.
 */
public final class ModelVersionStore {
  /** The trained model, as the network saves it. */
  public static final String MODEL = "model.zip";

  /**
   * The model for other tools: variables as in Keras, and what a prediction needs, as safetensors.
   */
  public static final String WEIGHTS = "weights.safetensors";

  /** The model in ONNX; its input is the original data. */
  public static final String ONNX = "model.onnx";

  /** The network without its weights, as Keras 3 writes it. */
  public static final String KERAS = "model.json";

  /**
   * How images are standardized before the model, as safetensors; written before the model, if
   * images are standardized.
   */
  public static final String PREPROCESSING = "preprocessing.safetensors";

  /** The event {@code run-started}; exists once a run has begun to train. */
  public static final String STARTED = "started.json";

  /** The event {@code run-evaluated}. */
  public static final String EVALUATION = "evaluation.json";

  /** The event that reported the run's end. */
  public static final String RESULT = "result.json";

  /**
   * A number at the root of the store: new claims have higher versions. For operators who restore
   * an older backup of the store: its claims would begin below the ones that the results service
   * knows, and the results service would ignore the runs' events.
   */
  public static final String CLAIM_FLOOR = "claim-floor";

  private static final int MAX_FLOOR = 999_000_000;
  private static final Pattern CLAIM = Pattern.compile("claim-(\\d{1,9})\\.json");
  private static final Pattern OUTPUT = Pattern.compile("v(\\d{1,9})/(.+)");

  private final ObjectStore files;

  /** The runs in a store. The caller closes the store. */
  public ModelVersionStore(ObjectStore files) {
    this.files = files;
  }

  /** The run's folder in the store. */
  public static String folder(String run) {
    return Check.name("run", run);
  }

  /** The name of a file of the claim's training, relative to the store's root. */
  public static String name(Claim claim, String file) {
    return folder(claim.run()) + "/v" + claim.trained() + "/" + file;
  }

  /** The claim with the highest version, if the run has a claim. */
  public Optional<Claim> claim(String run) {
    int version = version(run);
    return version == 0
        ? Optional.empty()
        : read(claimFile(run, version)).map(json -> Messages.read(json, Claim.class));
  }

  /**
   * Writes a claim unless another trainer has written that version.
   *
   * @return whether the claim is ours
   */
  public boolean put(Claim claim) {
    try {
      return files.create(claimFile(claim.run(), claim.version()), Messages.write(claim))
          && isCurrent(claim);
    } catch (IOException e) {
      throw trouble(e);
    }
  }

  /** Whether no other trainer has taken over the run since this claim was written. */
  public boolean isCurrent(Claim claim) {
    return version(claim.run()) == claim.version();
  }

  /**
   * Whether the store's highest claim on the run is below this one, although this one was written:
   * the store was restored from a backup.
   */
  public boolean isBehind(Claim claim) {
    return version(claim.run()) < claim.version();
  }

  /**
   * The number in {@link #CLAIM_FLOOR}; 0 without that file.
   *
   * @throws UncheckedIOException if it is not a number
   */
  public int claimFloor() {
    String text =
        read(CLAIM_FLOOR)
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip())
            .orElse("0");
    try {
      return Check.range(CLAIM_FLOOR, Integer.valueOf(text), 0, MAX_FLOOR);
    } catch (NumberFormatException | InvalidMessageException e) {
      throw trouble(
          new IOException(
              CLAIM_FLOOR + ": " + Check.quote(text) + " is not a number; give 0 to " + MAX_FLOOR,
              e));
    }
  }

  /** Writes a message to a file of the claim's training, and replaces an existing one. */
  public void write(Claim claim, String file, Object message) throws IOException {
    files.put(name(claim, file), Messages.write(message));
  }

  /** Writes bytes to a file of the claim's training. */
  public void write(Claim claim, String file, byte[] content) throws IOException {
    files.put(name(claim, file), content);
  }

  /** Writes a {@link #scratch} file to a file of the claim's training. */
  public void write(Claim claim, String file, Path local) throws IOException {
    files.put(name(claim, file), local);
  }

  /** A file of the claim's training, if it exists. */
  public Optional<byte[]> read(Claim claim, String file) {
    return read(name(claim, file));
  }

  /** Whether a training under any of the run's claims has left the file. */
  public boolean has(String run, String file) {
    return list(run).stream()
        .map(OUTPUT::matcher)
        .anyMatch(output -> output.matches() && output.group(2).equals(file));
  }

  /** A file of the newest training of a run that has it, under any claim. */
  public Optional<byte[]> newest(String run, String file) {
    return newestName(run, file).flatMap(this::read);
  }

  /**
   * Copies the file that {@link #newest} finds to a local file, which must not exist.
   *
   * @return whether the file exists
   */
  public boolean fetchNewest(String run, String file, Path local) throws IOException {
    Optional<String> name = newestName(run, file);
    return name.isPresent() && files.fetch(name.get(), local);
  }

  /**
   * Copies any file of the store to a local file, which must not exist.
   *
   * @return whether the file exists
   */
  public boolean fetch(String name, Path local) throws IOException {
    return files.fetch(name, local);
  }

  private Optional<String> newestName(String run, String file) {
    return list(run).stream()
        .map(OUTPUT::matcher)
        .filter(output -> output.matches() && output.group(2).equals(file))
        .max(Comparator.comparingInt(output -> Integer.parseInt(output.group(1))))
        .map(output -> folder(run) + "/" + output.group());
  }

  /** Deletes the files of earlier trainings of the run. */
  public void forgetBefore(Claim ended) throws IOException {
    for (String file : list(ended.run())) {
      Matcher output = OUTPUT.matcher(file);
      if (output.matches() && Integer.parseInt(output.group(1)) < ended.trained()) {
        files.delete(folder(ended.run()) + "/" + file);
      }
    }
  }

  /** Whether a file in a run's folder is a claim. */
  public static boolean isClaim(String file) {
    return CLAIM.matcher(file).matches();
  }

  /**
   * Deletes all files of a run, the claim last. If the claim is not the current one, deletes
   * nothing more.
   */
  public void delete(Claim ended) throws IOException {
    List<String> claimsLast =
        list(ended.run()).stream()
            .sorted(Comparator.comparingInt(file -> versionOf(file)))
            .toList();
    for (String file : claimsLast) {
      if (!isCurrent(ended)) {
        return;
      }
      files.delete(folder(ended.run()) + "/" + file);
    }
  }

  /** The path of a new local file, to write to and to store. */
  public Path scratch() throws IOException {
    return files.scratch();
  }

  private Optional<byte[]> read(String name) {
    try {
      return files.read(name);
    } catch (IOException e) {
      throw trouble(e);
    }
  }

  private int version(String run) {
    return list(run).stream().mapToInt(ModelVersionStore::versionOf).max().orElse(0);
  }

  /** The version in a claim's file name; 0 for any other file. */
  private static int versionOf(String file) {
    Matcher claim = CLAIM.matcher(file);
    return claim.matches() ? Integer.parseInt(claim.group(1)) : 0;
  }

  private List<String> list(String run) {
    try {
      return files.list(folder(run));
    } catch (IOException e) {
      throw trouble(e);
    }
  }

  private static String claimFile(String run, int version) {
    return folder(run) + "/claim-" + version + ".json";
  }

  private static UncheckedIOException trouble(IOException e) {
    return new UncheckedIOException("the model store: " + e.getMessage(), e);
  }
}
