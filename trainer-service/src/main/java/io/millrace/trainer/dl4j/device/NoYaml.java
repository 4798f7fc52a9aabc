package io.millrace.trainer.dl4j.device;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import org.nd4j.shade.yaml.snakeyaml.DumperOptions;

/**
 * Disables Deeplearning4j's YAML in a native executable, where nothing uses it: its writer calls a
 * method that the library on the classpath does not have.
 */
@TargetClass(className = "org.nd4j.shade.jackson.dataformat.yaml.YAMLGenerator")
final class NoYaml {
  private NoYaml() {}

  @Substitute
  DumperOptions buildDumperOptions(int yaml, int stream, DumperOptions.Version version) {
    throw new UnsupportedOperationException("a native executable does not support YAML");
  }
}
