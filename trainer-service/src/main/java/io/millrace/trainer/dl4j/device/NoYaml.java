package io.millrace.trainer.dl4j.device;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import org.nd4j.shade.yaml.snakeyaml.DumperOptions;

/**
 * In a native executable, Deeplearning4j writes no YAML, which nobody asks it for: its writer calls
 * a method that the library beside it does not have.
 */
@TargetClass(className = "org.nd4j.shade.jackson.dataformat.yaml.YAMLGenerator")
final class NoYaml {
  private NoYaml() {}

  @Substitute
  DumperOptions buildDumperOptions(int yaml, int stream, DumperOptions.Version version) {
    throw new UnsupportedOperationException("there is no YAML in a native executable");
  }
}
