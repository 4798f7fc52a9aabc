package io.millrace.trainer.dl4j;

import io.millrace.trainer.dl4j.device.FloatBlocks;
import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.device.Residence;
import io.millrace.trainer.dl4j.optimizer.Optimizer;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.BaseDataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network's file: the zip that Deeplearning4j's {@link ModelSerializer} reads (configuration and
 * coefficients), with another entry, {@code optimizer.bin}, the state of {@link Optimizer}. It has
 * no updater state of Deeplearning4j, whose optimizers differ from Keras'.
 *
 * <p>Numbers are written as ND4J writes them, but in blocks and uncompressed: compression takes
 * most of a minute for ten million weights, and leaves more than 90 % of their bytes.
 */
final class NetworkFile {
  private static final String OPTIMIZER = "optimizer.bin";
  private static final int BUFFER = 1 << 16;

  private NetworkFile() {}

  /** Uses a larger deflate buffer than the default 512 bytes. */
  private static final class Zip extends ZipOutputStream {
    Zip(OutputStream out) {
      super(out);
      buf = new byte[BUFFER];
    }
  }

  /**
   * Writes a network.
   *
   * @param file must not exist
   * @param residence where the network's parameters are
   */
  static void write(Path file, Dl4jModel network, Optimizer optimizer, Residence residence)
      throws IOException {
    try (var zip = new Zip(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW))) {
      zip.putNextEntry(new ZipEntry(ModelSerializer.CONFIGURATION_JSON));
      zip.write(network.json().getBytes(StandardCharsets.UTF_8));
      zip.setLevel(Deflater.NO_COMPRESSION);
      zip.putNextEntry(new ZipEntry(ModelSerializer.COEFFICIENTS_BIN));
      write(network.params(), residence, zip);
      zip.putNextEntry(new ZipEntry(OPTIMIZER));
      optimizer.save(zip);
    }
  }

  /**
   * Writes a vector in the format of {@link org.nd4j.linalg.factory.Nd4j#write(INDArray,
   * DataOutputStream)}.
   */
  static void write(INDArray vector, Residence residence, OutputStream out) throws IOException {
    var data = new DataOutputStream(out);
    vector.shapeInfoDataBuffer().write(data);
    data.writeUTF(vector.data().allocationMode().name());
    data.writeLong(vector.length());
    data.writeUTF(DataType.FLOAT.name());
    data.flush();
    try (FloatPointer values =
        residence == Residence.HOST
            ? Floats.pointer(vector)
            : new FloatPointer(residence.read(vector))) {
      new FloatBlocks(ByteOrder.BIG_ENDIAN).write(values, vector.length(), out);
    }
  }

  /**
   * Restores a network's parameters and optimizer state from a file.
   *
   * @throws IOException if the file is another network's
   */
  static void read(Path file, Dl4jModel network, Optimizer optimizer, Residence residence)
      throws IOException {
    try (var zip = new ZipFile(file.toFile())) {
      try (var in = entry(zip, ModelSerializer.COEFFICIENTS_BIN)) {
        var shape = BaseDataBuffer.readHeader(in);
        in.skipNBytes(shape.getMiddle() * shape.getRight().width());
        var values = BaseDataBuffer.readHeader(in);
        if (values.getMiddle() != network.numParams()) {
          throw new IOException(
              file + " has " + values.getMiddle() + " parameters, not " + network.numParams());
        }
        if (values.getRight() != DataType.FLOAT) {
          throw new IOException(
              file + " has parameters of type " + values.getRight() + ", not FLOAT");
        }
        read(in, network.params(), residence);
      }
      try (var in = entry(zip, OPTIMIZER)) {
        optimizer.restore(in);
      }
    }
  }

  private static void read(DataInputStream in, INDArray vector, Residence residence)
      throws IOException {
    var blocks = new FloatBlocks(ByteOrder.BIG_ENDIAN);
    if (residence == Residence.HOST) {
      blocks.read(in, Floats.pointer(vector), vector.length());
      return;
    }
    float[] values = new float[Math.toIntExact(vector.length())];
    try (var read = new FloatPointer(values.length)) {
      blocks.read(in, read, values.length);
      read.get(values);
    }
    residence.write(values, vector);
  }

  private static DataInputStream entry(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new IOException(zip.getName() + " has no entry " + name);
    }
    InputStream in = zip.getInputStream(entry);
    return new DataInputStream(new BufferedInputStream(in, BUFFER));
  }
}
