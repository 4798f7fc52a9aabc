package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Trained weights that a run starts from, instead of random ones: fine-tuning. A variable takes
 * over the values of the variable of its name, such as {@code conv2d/kernel}, which must have the
 * same shape.
 *
 * @param run a completed run whose weights these are; either this or {@code file} is given
 * @param file a safetensors file in the trainers' model store, by its path there, with a run's own
 *     names of variables
 * @param skip names of layers that start from random weights all the same, at most 1,000; null, the
 *     default, is none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InitialWeights(String run, String file, List<String> skip) {
  private static final int MAX_LAYERS = 1_000;
  private static final int MAX_PATH = 512;
  private static final String ENDING = ".safetensors";
  private static final Pattern PATH = Pattern.compile("[\\w.+-]+(/[\\w.+-]+)*");

  public InitialWeights {
    if ((run == null) == (file == null)) {
      throw new InvalidMessageException(
          run == null ? "run" : "file",
          run == null
              ? "is missing; give the run whose weights these are, or file"
              : "does not go with run; give one of the two");
    }
    if (run != null) {
      Check.name("run", run);
    } else {
      checkPath(file);
    }
    skip = skip == null || skip.isEmpty() ? null : checkNames(skip);
  }

  private static void checkPath(String file) {
    Check.text("file", file, MAX_PATH);
    boolean leaves = List.of(file.split("/")).contains("..");
    if (leaves || !file.endsWith(ENDING) || !PATH.matcher(file).matches()) {
      throw new InvalidMessageException(
          "file",
          Check.quote(file)
              + " is not the path of a safetensors file in the model store; give one such as"
              + " pretrained/vgg.safetensors");
    }
  }

  private static List<String> checkNames(List<String> skip) {
    Check.size("skip", skip, 0, MAX_LAYERS);
    var names = new HashSet<String>();
    for (int i = 0; i < skip.size(); i++) {
      if (!names.add(Check.name("skip[" + i + "]", skip.get(i)))) {
        throw new InvalidMessageException(
            "skip[" + i + "]", Check.quote(skip.get(i)) + " is there twice");
      }
    }
    return List.copyOf(skip);
  }

  /** Whether a layer starts from random weights. */
  public boolean skips(String layer) {
    return skip != null && skip.contains(layer);
  }
}
