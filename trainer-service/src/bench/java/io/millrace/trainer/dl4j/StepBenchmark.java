package io.millrace.trainer.dl4j;

import com.sun.management.OperatingSystemMXBean;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.Safetensors.Tensor;
import io.millrace.contracts.tensor.TensorSpec;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Device;
import io.millrace.trainer.network.Network;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
 * Optimizer steps from a batch as it comes over the stream, all of the process' CPU time counted.
 * The secondary results {@code samples} and {@code cpuSeconds} are rates: their ratio is samples per
 * CPU second.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@Threads(1)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 4, time = 3)
public class StepBenchmark {
  private static final String CONV =
      "{\"type\": \"Conv2D\", \"filters\": %d, \"kernel_size\": 3, \"activation\": \"relu\"},"
          + "{\"type\": \"MaxPooling2D\", \"pool_size\": 2},";
  private static final String LSTM =
      "{\"type\": \"LSTM\", \"units\": 50, \"return_sequences\": %b}, {\"type\": \"Dropout\", \"rate\": 0.2},";

  /** Counts what a JMH iteration has done. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Done {
    public double samples;
    public double cpuSeconds;
  }

  /** {@code request}: that of architecture's example; {@code cnn}: four convolutions, 3.45 million parameters. */
  @Param({"request", "cnn", "lstm32", "lstm256"})
  public String network;

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private Network trained;
  private Batch batch;
  private int size;
  private long step;

  @Setup
  public void make() {
    boolean images = !network.startsWith("lstm");
    size = images ? 16 : Integer.parseInt(network.substring(4));
    String layers =
        switch (network) {
          case "request" ->
              String.format(CONV, 32)
                  + "{\"type\": \"Flatten\"}, {\"type\": \"Dropout\", \"rate\": 0.5},"
                  + "{\"type\": \"Dense\", \"units\": 4, \"activation\": \"softmax\"}";
          case "cnn" ->
              String.format(CONV + CONV + CONV + CONV, 32, 64, 128, 128)
                  + "{\"type\": \"Flatten\"}, {\"type\": \"Dropout\", \"rate\": 0.5},"
                  + "{\"type\": \"Dense\", \"units\": 512, \"activation\": \"relu\"},"
                  + "{\"type\": \"Dense\", \"units\": 4, \"activation\": \"softmax\"}";
          default ->
              String.format(LSTM + LSTM + LSTM + LSTM, true, true, true, false)
                  + "{\"type\": \"Dense\", \"units\": 1}";
        };
    String data =
        images
            ? "{\"name\": \"images\", \"image_size\": 150}"
            : "{\"name\": \"series\", \"column\": \"value\"}";
    var request =
        read(
            "{\"run\": \"bench\", \"dataset\": "
                + data
                + ", \"model\": {\"layers\": ["
                + layers
                + "]}, \"loss\": \""
                + (images ? "categorical_crossentropy" : "mse")
                + "\", \"optimizer\": {\"type\": \"Adam\"}, \"batch_size\": "
                + size
                + "}",
            TrainingRequest.class);
    var description =
        read(
            images
                ? "{\"sample_shape\": [150, 150, 3], \"train\": 1000, \"validation\": 0, \"test\": 10,"
                    + " \"classes\": [\"a\", \"b\", \"c\", \"d\"], \"train_class_counts\": [250, 250, 250, 250]}"
                : "{\"sample_shape\": [60, 1], \"train\": 1000, \"validation\": 0, \"test\": 10,"
                    + " \"series\": {\"scale\": 1, \"offset\": 0, \"horizon\": 1}}",
            DatasetDescription.class);
    batch = images ? images() : series();
    trained = new Dl4jNetworkFactory(Device.CPU).create(NetworkPlan.of(request, description), request);
  }

  private static <T> T read(String json, Class<T> type) {
    return Messages.read(json.getBytes(StandardCharsets.UTF_8), type);
  }

  private Batch images() {
    ByteBuffer pixels = ByteBuffer.allocate(size * 150 * 150 * 3).order(ByteOrder.LITTLE_ENDIAN);
    new Random(1).nextBytes(pixels.array());
    ByteBuffer labels = buffer(size);
    for (int i = 0; i < size; i++) {
      labels.putInt(4 * i, i % 4);
    }
    return new Batch(
        Part.TRAIN,
        0,
        0,
        new Tensor(new TensorSpec("features", DType.U8, List.of(size, 150, 150, 3)), pixels),
        new Tensor(new TensorSpec("labels", DType.I32, List.of(size)), labels),
        1 / 255f,
        0);
  }

  private Batch series() {
    ByteBuffer values = buffer(size * 60);
    ByteBuffer labels = buffer(size);
    var random = new Random(1);
    for (int i = 0; i < size * 60; i++) {
      values.putFloat(4 * i, random.nextFloat());
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
