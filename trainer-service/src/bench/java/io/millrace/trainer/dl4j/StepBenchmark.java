package io.millrace.trainer.dl4j;

import com.sun.management.OperatingSystemMXBean;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.Safetensors.Tensor;
import io.millrace.contracts.tensor.TensorSpec;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Device;
import io.millrace.trainer.network.Network;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures optimizer steps on a batch as received over the stream, and the CPU time of the whole
 * process. The secondary results {@code samples} and {@code cpuSeconds} are rates; their ratio is
 * samples per CPU second.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@Threads(1)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 4, time = 3)
public class StepBenchmark {
  /** The layers of each network, and the size of its images and its batch. */
  private enum Kind {
    REQUEST(150, 16, pooled(32) + HEAD.formatted("")),
    CNN(
        150,
        16,
        pooled(32)
            + pooled(64)
            + pooled(128)
            + pooled(128)
            + HEAD.formatted("{'type': 'Dense', 'units': 512, 'activation': 'relu'},")),
    LSTM32(0, 32, LSTMS),
    LSTM256(0, 256, LSTMS),
    /** Two convolutions before every pooling, each with a BatchNormalization, as in VGG. */
    VGG(
        64,
        16,
        (normalized(32) + normalized(32) + POOL)
            + (normalized(64) + normalized(64) + POOL)
            + (normalized(128) + normalized(128) + POOL)
            + HEAD.formatted("{'type': 'Dense', 'units': 256, 'activation': 'relu'},")),
    /** Depthwise and 1x1 convolutions, as in MobileNet. */
    MOBILE(
        64,
        16,
        "{'type': 'Conv2D', 'filters': 32, 'kernel_size': 3, 'strides': 2, 'padding': 'same',"
            + " 'use_bias': false}, {'type': 'BatchNormalization'}, {'type': 'ReLU'},"
            + mobile(64, 1)
            + mobile(128, 2)
            + mobile(128, 1)
            + mobile(256, 2)
            + GLOBAL),
    /** Two residual blocks. */
    RESIDUAL(
        64,
        16,
        "{'type': 'Conv2D', 'filters': 32, 'kernel_size': 3, 'strides': 2, 'padding': 'same',"
            + " 'name': 'x'},"
            + residual("x", "y")
            + residual("y", "z")
            + GLOBAL),
    CONV_GRU(
        0,
        32,
        "{'type': 'Conv1D', 'filters': 32, 'kernel_size': 5, 'activation': 'relu'},"
            + "{'type': 'MaxPooling1D'}, {'type': 'GRU', 'units': 50}, {'type': 'Dense', 'units': 1}"),
    BILSTM(
        0,
        32,
        "{'type': 'Bidirectional', 'layer': {'type': 'LSTM', 'units': 50, 'return_sequences': true}},"
            + "{'type': 'Bidirectional', 'layer': {'type': 'LSTM', 'units': 50}},"
            + "{'type': 'Dense', 'units': 1}"),
    EMBEDDING(
        0,
        32,
        "{'type': 'Reshape', 'target_shape': [60]},"
            + "{'type': 'Embedding', 'input_dim': 1000, 'output_dim': 32},"
            + "{'type': 'LSTM', 'units': 50}, {'type': 'Dense', 'units': 1}");

    private final int pixels;
    private final int batch;
    private final String layers;

    /**
     * @param pixels height and width of an image; 0 for a series of 60 steps
     */
    Kind(int pixels, int batch, String layers) {
      this.pixels = pixels;
      this.batch = batch;
      this.layers = layers.replace('\'', '"');
    }
  }

  private static final String POOL = "{'type': 'MaxPooling2D'},";
  private static final String HEAD =
      "{'type': 'Flatten'}, {'type': 'Dropout', 'rate': 0.5}, %s"
          + "{'type': 'Dense', 'units': 4, 'activation': 'softmax'}";
  private static final String GLOBAL =
      "{'type': 'GlobalAveragePooling2D'}, {'type': 'Dense', 'units': 4, 'activation': 'softmax'}";
  private static final String LSTMS =
      (lstm(true) + lstm(true) + lstm(true) + lstm(false)) + "{'type': 'Dense', 'units': 1}";

  private static String pooled(int filters) {
    return "{'type': 'Conv2D', 'filters': %d, 'kernel_size': 3, 'activation': 'relu'},"
            .formatted(filters)
        + POOL;
  }

  private static String normalized(int filters) {
    return ("{'type': 'Conv2D', 'filters': %d, 'kernel_size': 3, 'padding': 'same'},"
            + "{'type': 'BatchNormalization'}, {'type': 'ReLU'},")
        .formatted(filters);
  }

  private static String mobile(int filters, int strides) {
    return ("{'type': 'DepthwiseConv2D', 'kernel_size': 3, 'strides': %d, 'padding': 'same',"
            + " 'use_bias': false}, {'type': 'BatchNormalization'}, {'type': 'ReLU'},"
            + "{'type': 'Conv2D', 'filters': %d, 'kernel_size': 1, 'use_bias': false},"
            + "{'type': 'BatchNormalization'}, {'type': 'ReLU'},")
        .formatted(strides, filters);
  }

  private static String residual(String from, String to) {
    return ("{'type': 'Conv2D', 'filters': 32, 'kernel_size': 3, 'padding': 'same'},"
            + "{'type': 'BatchNormalization'}, {'type': 'ReLU'},"
            + "{'type': 'Conv2D', 'filters': 32, 'kernel_size': 3, 'padding': 'same'},"
            + "{'type': 'BatchNormalization', 'name': 'before_%2$s'},"
            + "{'type': 'Add', 'inputs': ['%1$s', 'before_%2$s']},"
            + "{'type': 'ReLU', 'name': '%2$s'},")
        .formatted(from, to);
  }

  private static String lstm(boolean sequences) {
    return ("{'type': 'LSTM', 'units': 50, 'return_sequences': %b},"
            + "{'type': 'Dropout', 'rate': 0.2},")
        .formatted(sequences);
  }

  /** Counts the work of a JMH iteration. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Done {
    public double samples;
    public double cpuSeconds;
  }

  @Param({
    "request",
    "cnn",
    "lstm32",
    "lstm256",
    "vgg",
    "mobile",
    "residual",
    "conv_gru",
    "bilstm",
    "embedding"
  })
  public String network;

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private Network trained;
  private Batch batch;
  private int size;
  private long step;

  @Setup
  public void make() {
    Kind kind = Kind.valueOf(network.toUpperCase(Locale.ROOT));
    boolean images = kind.pixels > 0;
    size = kind.batch;
    String data =
        images
            ? "{\"name\": \"images\", \"image_size\": " + kind.pixels + "}"
            : "{\"name\": \"series\", \"column\": \"value\"}";
    var request =
        read(
            "{\"run\": \"bench\", \"dataset\": "
                + data
                + ", \"model\": {\"layers\": ["
                + kind.layers
                + "]}, \"loss\": \""
                + (images ? "categorical_crossentropy" : "mse")
                + "\", \"optimizer\": {\"type\": \"Adam\"}, \"batch_size\": "
                + size
                + "}",
            TrainingRequest.class);
    var description =
        read(
            images
                ? "{\"sample_shape\": ["
                    + kind.pixels
                    + ", "
                    + kind.pixels
                    + ", 3], \"train\": 1000, \"validation\": 0, \"test\": 10,"
                    + " \"classes\": [\"a\", \"b\", \"c\", \"d\"], \"train_class_counts\": [250, 250, 250, 250]}"
                : "{\"sample_shape\": [60, 1], \"train\": 1000, \"validation\": 0, \"test\": 10,"
                    + " \"series\": {\"scale\": 1, \"offset\": 0, \"horizon\": 1}}",
            DatasetDescription.class);
    batch = images ? images(kind.pixels) : series(kind == Kind.EMBEDDING);
    trained =
        new Dl4jNetworkFactory(Device.CPU).create(NetworkPlan.of(request, description), request);
  }

  private static <T> T read(String json, Class<T> type) {
    return Messages.read(json.getBytes(StandardCharsets.UTF_8), type);
  }

  private Batch images(int side) {
    ByteBuffer pixels = ByteBuffer.allocate(size * side * side * 3).order(ByteOrder.LITTLE_ENDIAN);
    new Random(1).nextBytes(pixels.array());
    ByteBuffer labels = buffer(size);
    for (int i = 0; i < size; i++) {
      labels.putInt(4 * i, i % 4);
    }
    return new Batch(
        Part.TRAIN,
        0,
        0,
        new Tensor(new TensorSpec("features", DType.U8, List.of(size, side, side, 3)), pixels),
        new Tensor(new TensorSpec("labels", DType.I32, List.of(size)), labels),
        1 / 255f,
        0);
  }

  private Batch series(boolean whole) {
    ByteBuffer values = buffer(size * 60);
    ByteBuffer labels = buffer(size);
    var random = new Random(1);
    for (int i = 0; i < size * 60; i++) {
      values.putFloat(4 * i, whole ? random.nextInt(1000) : random.nextFloat());
    }
    return new Batch(
        Part.TRAIN,
        0,
        0,
        new Tensor(new TensorSpec("features", DType.F32, List.of(size, 60, 1)), values),
        new Tensor(new TensorSpec("labels", DType.F32, List.of(size, 1)), labels),
        1,
        0);
  }

  private static ByteBuffer buffer(int values) {
    return ByteBuffer.allocate(4 * values).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Benchmark
  public double step(Done done) {
    long start = system.getProcessCpuTime();
    double loss = trained.step(batch, step, trained.rate(step++)).loss();
    done.samples += size;
    done.cpuSeconds += (system.getProcessCpuTime() - start) * 1e-9;
    return loss;
  }

  @TearDown
  public void close() {
    trained.close();
  }
}
