package io.millrace.trainer.dl4j.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.Loss;
import io.millrace.trainer.dl4j.Dl4jNetworkFactory;
import io.millrace.trainer.dl4j.Samples;
import io.millrace.trainer.network.Device;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** oneDNN lists the primitives that it executes if an environment variable is set. */
class OneDnnProofTest {

  @Test
  void oneDnnItselfReportsTheConvolutionsOfAStep() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        new ProcessBuilder(
                List.of(java, "-cp", System.getProperty("java.class.path"), Step.class.getName()))
            .redirectErrorStream(true);
    builder.environment().put("DNNL_VERBOSE", "1");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.lines().filter(line -> line.contains("_verbose,exec")))
        .as("forward pass of both layers")
        .filteredOn(line -> line.contains("convolution") && line.contains("forward"))
        .hasSizeGreaterThanOrEqualTo(2);
    assertThat(output.lines().filter(line -> line.contains("_verbose,exec")))
        .as("backward pass of the second layer")
        .anyMatch(line -> line.contains("convolution") && line.contains("backward"));
  }

  /** One step of a network with two convolutions. */
  static final class Step {
    private Step() {}

    public static void main(String[] arguments) {
      var request =
          Samples.images(
              Loss.CATEGORICAL_CROSSENTROPY,
              Samples.adam(1e-3),
              Samples.conv(4, 3),
              Samples.conv(4, 3),
              Samples.flatten(),
              Samples.dense(3, Activation.SOFTMAX));
      var plan = NetworkPlan.of(request, Samples.imageData(9, 8, 2, 3));
      try (var network = new Dl4jNetworkFactory(Device.CPU).create(plan, request)) {
        network.step(Samples.imageBatch(4, 9, 8, 2, 3, 1), 0);
      }
    }
  }
}
