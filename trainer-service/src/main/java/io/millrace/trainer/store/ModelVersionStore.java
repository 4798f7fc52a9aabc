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
 * each claim under which it trained a folder {@code v<version>} with {@code started.json}, and in
 * the end {@code preprocessing.safetensors} for some, {@code model.zip}, {@code evaluation.json}
 * and {@code result.json}.
 *
 * <p>The claim is the fence: a version is one trainer's alone, its files lie in a folder of their
 * own, and they count once the next version, by the same trainer, says how the run ended. What a
 * trainer writes after another one has taken its run over is never looked at.
 */
public final class ModelVersionStore {
  /** The trained model, as the network saves it. */
  public static final String MODEL = "model.zip";

  /** The same for other tools: Keras' variables, and what prediction needs, as safetensors. */
  public static final String WEIGHTS = "weights.safetensors";

  /** The same as an ONNX model, which takes data as they are. */
  public static final String ONNX = "model.onnx";

  /** The network without its weights, as Keras 3 writes it. */
  public static final String KERAS = "model.json";

  /**
   * How images are standardized before the model sees them, as safetensors; there where they are,
   * before the model is.
   */
  public static final String PREPROCESSING = "preprocessing.safetensors";

  /** The event {@code run-started}: there once a run has begun to train. */
  public static final String STARTED = "started.json";

  /** The event {@code run-evaluated}. */
  public static final String EVALUATION = "evaluation.json";

  /** The event that told the run's end. */
  public static final String RESULT = "result.json";

  /**
   * A number at the root of the store: claims that are written from now on have higher versions.
   * For an operator who puts an older backup of the store in its place: its claims would begin
   * below those that the results service has seen, which would ignore the runs' events.
   */
  public static final String CLAIM_FLOOR = "claim-floor";

  private static final int MAX_FLOOR = 999_000_000;
  private static final Pattern CLAIM = Pattern.compile("claim-(\\d{1,9})\\.json");
  private static final Pattern OUTPUT = Pattern.compile("v(\\d{1,9})/(.+)");

  private final ObjectStore files;

  /** The runs in a store, which stays the caller's to close. */
  public ModelVersionStore(ObjectStore files) {
    this.files = files;
  }

  /** The run's folder within the store. */
  public static String folder(String run) {
    return Check.name("run", run);
  }

  /** The name of a file of the claim's training, relative to the store's root. */
  public static String name(Claim claim, String file) {
    return folder(claim.run()) + "/v" + claim.trained() + "/" + file;
  }

  /** The claim of the highest version, if the run has any. */
  public Optional<Claim> claim(String run) {
    int version = version(run);
    return version == 0
        ? Optional.empty()
        : read(claimFile(run, version)).map(json -> Messages.read(json, Claim.class));
  }

  /**
   * Writes a claim, if no other trainer has written one of that version.
   *
   * @return whether it is ours
   */
  public boolean put(Claim claim) {
    try {
      return files.create(claimFile(claim.run(), claim.version()), Messages.write(claim))
          && isCurrent(claim);
    } catch (IOException e) {
      throw trouble(e);
    }
  }

  /** Whether no other trainer has taken the run over since this claim was written. */
  public boolean isCurrent(Claim claim) {
    return version(claim.run()) == claim.version();
  }

  /**
   * Whether the store knows of no claim on the run as high as this one, which was written to it.
   */
  public boolean isBehind(Claim claim) {
    return version(claim.run()) < claim.version();
  }

  /**
   * What {@link #CLAIM_FLOOR} says; 0 where there is none.
   *
   * @throws UncheckedIOException where it is no number
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
              CLAIM_FLOOR + ": " + Check.quote(text) + " is not a number; give 0.." + MAX_FLOOR,
              e));
    }
  }

  /** Writes a message to a file of the claim's training, over the one that may be there. */
  public void write(Claim claim, String file, Object message) throws IOException {
    files.put(name(claim, file), Messages.write(message));
  }

  /** Writes bytes likewise. */
  public void write(Claim claim, String file, byte[] content) throws IOException {
    files.put(name(claim, file), content);
  }

  /** Writes a file likewise, out of a {@link #scratch} file. */
  public void write(Claim claim, String file, Path local) throws IOException {
    files.put(name(claim, file), local);
  }

  /** A file of the claim's training, if it is there. */
  public Optional<byte[]> read(Claim claim, String file) {
    return read(name(claim, file));
  }

  /** Whether a training under any of the run's claims has left the file. */
  public boolean has(String run, String file) {
    return list(run).stream()
        .map(OUTPUT::matcher)
        .anyMatch(output -> output.matches() && output.group(2).equals(file));
  }

  /** A file of the newest training of a run that has left one, whatever its claim. */
  public Optional<byte[]> newest(String run, String file) {
    return newestName(run, file).flatMap(this::read);
  }

  /**
   * Copies such a file to a local one, which must not exist.
   *
   * @return whether there is one
   */
  public boolean fetchNewest(String run, String file, Path local) throws IOException {
    Optional<String> name = newestName(run, file);
    return name.isPresent() && files.fetch(name.get(), local);
  }

  /**
   * Copies any file of the store to a local one, which must not exist.
   *
   * @return whether it was there
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

  /** Deletes the files of trainings that ended before this one. */
  public void forgetBefore(Claim ended) throws IOException {
    for (String file : list(ended.run())) {
      Matcher output = OUTPUT.matcher(file);
      if (output.matches() && Integer.parseInt(output.group(1)) < ended.trained()) {
        files.delete(folder(ended.run()) + "/" + file);
      }
    }
  }

  /** Whether a file of a run's folder is a claim. */
  public static boolean isClaim(String file) {
    return CLAIM.matcher(file).matches();
  }

  /**
   * Deletes all files of a run, the claim last; where that is not the current one, nothing more.
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

  /** A local file that does not exist yet, to be written and handed over. */
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

  /** Of a claim's file; 0 of any other. */
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
