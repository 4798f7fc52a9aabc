package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Named;
import io.millrace.contracts.field.Size;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Trained weights that a run starts from, instead of random ones: fine-tuning. A variable takes the
 * values of the variable with the same name, such as {@code conv2d/kernel}, which must have the
 * same shape.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record InitialWeights(
    @Describe("A completed run whose weights are used. Give either run or file.") @Named String run,
    @Describe(
            "Path of a safetensors file in the trainers' model store; its variables are named"
                + " like those of a run.")
        String file,
    @Describe("Names of layers that start from random weights instead. Default: none.")
        @Named
        @Size(max = ModelSpec.MAX_LAYERS)
        List<String> skip) {
  private static final FieldRules RULES = FieldRules.of(InitialWeights.class);

  private static final int MAX_PATH = 512;
  private static final String ENDING = ".safetensors";
  private static final Pattern PATH = Pattern.compile("[\\w.+-]+(/[\\w.+-]+)*");

  public InitialWeights {
    if ((run == null) == (file == null)) {
      throw new InvalidMessageException(
          run == null ? "run" : "file",
          run == null
              ? "is required, or file instead; give the run whose weights are used"
              : "cannot be combined with run; give one of the two");
    }
    RULES.check("run", run);
    if (file != null) {
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
    RULES.check("skip", skip);
    var names = new HashSet<String>();
    for (int i = 0; i < skip.size(); i++) {
      if (!names.add(skip.get(i))) {
        throw new InvalidMessageException(
            "skip[" + i + "]", Check.quote(skip.get(i)) + " is given twice");
      }
    }
    return List.copyOf(skip);
  }

  /** Whether a layer starts from random weights. */
  public boolean skips(String layer) {
    return skip != null && skip.contains(layer);
  }
}
