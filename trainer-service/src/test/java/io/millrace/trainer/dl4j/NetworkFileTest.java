package io.millrace.trainer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.OptimizerSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.dl4j.device.FloatBlocks;
import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.device.Residence;
import io.millrace.trainer.network.Batch;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.factory.Nd4j;

class NetworkFileTest {
  /**
   * With these units, the weights fill more than one block of {@link FloatBlocks}, and the last one
   * partly.
   */
  private static final int UNITS = 301;

  private static final Batch BATCH = Samples.imageBatch(8, 8, 8, 1, 2, 5);

  @TempDir private Path folder;

  private static Dl4jNetwork network(int units) {
    TrainingRequest request =
        Samples.images(
            Loss.CATEGORICAL_CROSSENTROPY,
            new OptimizerSpec.Adam(0.01, null, null, null),
            Samples.flatten(),
            Samples.dense(units, Activation.RELU),
            Samples.dense(2, Activation.SOFTMAX));
    return new Dl4jNetwork(
        NetworkPlan.of(request, Samples.imageData(8, 8, 1, 2)), request, Residence.HOST);
  }

  @Test
  void parametersAreWrittenInTheFormatOfNd4j() throws IOException {
    Path file = folder.resolve("network.zip");
    try (Dl4jNetwork network = network(UNITS)) {
      network.step(BATCH, 0);
      network.save(file);
      var expected = new ByteArrayOutputStream();
      Nd4j.write(network.model().params(), new DataOutputStream(expected));

      assertThat(entry(file, ModelSerializer.COEFFICIENTS_BIN)).isEqualTo(expected.toByteArray());
    }
  }

  @Test
  void aRestoredNetworkContinuesWithTheSameLossAndWeights() throws IOException {
    Path file = folder.resolve("network.zip");
    try (Dl4jNetwork first = network(UNITS);
        Dl4jNetwork second = network(UNITS)) {
      first.step(BATCH, 0);
      first.save(file);

      second.restore(file);

      assertThat(second.step(BATCH, 1).loss()).isEqualTo(first.step(BATCH, 1).loss());
      assertThat(Floats.read(second.model().params()))
          .isEqualTo(Floats.read(first.model().params()));
    }
  }

  @Test
  void aCompressedFileOfAnEarlierVersionCanBeRestored() throws IOException {
    Path file = folder.resolve("network.zip");
    Path earlier = folder.resolve("earlier.zip");
    try (Dl4jNetwork first = network(UNITS);
        Dl4jNetwork second = network(UNITS)) {
      first.step(BATCH, 0);
      first.save(file);
      try (OutputStream out = Files.newOutputStream(earlier);
          var zip = new ZipOutputStream(out)) {
        for (String name :
            new String[] {
              ModelSerializer.CONFIGURATION_JSON, "coefficients.bin", "optimizer.bin"
            }) {
          zip.putNextEntry(new ZipEntry(name));
          zip.write(entry(file, name));
        }
      }
      assertThat(Files.size(earlier)).isLessThan(Files.size(file));

      second.restore(earlier);

      assertThat(second.step(BATCH, 1).loss()).isEqualTo(first.step(BATCH, 1).loss());
    }
  }

  @Test
  void aFileWithADifferentNumberOfParametersIsRefused() throws IOException {
    Path file = folder.resolve("network.zip");
    try (Dl4jNetwork small = network(2);
        Dl4jNetwork large = network(3)) {
      small.save(file);

      assertThatThrownBy(() -> large.restore(file))
          .isInstanceOf(IOException.class)
          .hasMessage(file + " has 136 parameters, not 203");
    }
  }

  private static byte[] entry(Path file, String name) throws IOException {
    try (var zip = new ZipFile(file.toFile())) {
      return zip.getInputStream(zip.getEntry(name)).readAllBytes();
    }
  }
}
