package io.millrace.trainer.dl4j;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network's file: the zip that Deeplearning4j's {@link ModelSerializer} reads, configuration and
 * coefficients, with one entry more, {@code optimizer.bin}, the state of {@link Optimizer}.
 * Deeplearning4j's own updater state is not among it: its optimizers are not those of Keras.
 */
final class NetworkFile {
  private static final String OPTIMIZER = "optimizer.bin";

  private NetworkFile() {}

  /**
   * Writes a network.
   *
   * @param file which must not exist
   */
  static void write(Path file, MultiLayerNetwork network, Optimizer optimizer) throws IOException {
    var out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
    try (var zip = new ZipOutputStream(new BufferedOutputStream(out))) {
      zip.putNextEntry(new ZipEntry(ModelSerializer.CONFIGURATION_JSON));
      zip.write(network.getLayerWiseConfigurations().toJson().getBytes(StandardCharsets.UTF_8));
      zip.putNextEntry(new ZipEntry(ModelSerializer.COEFFICIENTS_BIN));
      var data = new DataOutputStream(zip);
      Nd4j.write(network.params(), data);
      data.flush();
      zip.putNextEntry(new ZipEntry(OPTIMIZER));
      optimizer.save(data);
      data.flush();
    }
  }

  /**
   * Takes a network's parameters and optimizer state over from a file.
   *
   * @throws IOException where it is of another network
   */
  static void read(Path file, MultiLayerNetwork network, Optimizer optimizer) throws IOException {
    try (var zip = new ZipFile(file.toFile())) {
      try (InputStream in = entry(zip, ModelSerializer.COEFFICIENTS_BIN)) {
        INDArray saved = Nd4j.read(in);
        if (saved.length() != network.numParams()) {
          throw new IOException(
              file + " holds " + saved.length() + " parameters, not " + network.numParams());
        }
        network.params().assign(saved);
        saved.close();
      }
      try (var in = new DataInputStream(entry(zip, OPTIMIZER))) {
        optimizer.restore(in);
      }
    }
  }

  private static InputStream entry(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new IOException(zip.getName() + " holds no " + name);
    }
    return zip.getInputStream(entry);
  }
}
