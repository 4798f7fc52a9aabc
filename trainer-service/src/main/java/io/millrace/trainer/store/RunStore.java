package io.millrace.trainer.store;

import io.millrace.contracts.Check;
import io.millrace.contracts.json.Messages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
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
public final class RunStore {
  /** The trained model, as the network saves it. */
  public static final String MODEL = "model.zip";

  /** The same for other tools: Keras' variables, and what prediction needs, as safetensors. */
  public static final String WEIGHTS = "weights.safetensors";

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

  private static final Pattern CLAIM = Pattern.compile("claim-(\\d{1,9})\\.json");
  private static final Pattern OUTPUT = Pattern.compile("v(\\d{1,9})/(.+)");

  private final ObjectStore files;

  /** The runs in a store, which stays the caller's to close. */
  public RunStore(ObjectStore files) {
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
    return list(run).stream().anyMatch(name -> name.matches("v\\d+/" + Pattern.quote(file)));
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
    return list(run).stream()
        .map(CLAIM::matcher)
        .filter(Matcher::matches)
        .mapToInt(claim -> Integer.parseInt(claim.group(1)))
        .max()
        .orElse(0);
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
