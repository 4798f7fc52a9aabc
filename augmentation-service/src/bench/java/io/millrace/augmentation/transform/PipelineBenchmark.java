package io.millrace.augmentation.transform;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the augmentation of samples of 150 x 150 x 3 on one thread, from decoded pixels to the
 * bytes of a batch. The secondary results {@code samples} and {@code cpuSeconds} are rates; their
 * ratio is samples per CPU second.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@Threads(1)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PipelineBenchmark {
  private static final int BATCH = 16;
  private static final int SIZE = 150;
  private static final String KERAS =
      "\"rotation_range\": 10, \"zoom_range\": 0.1, \"width_shift_range\": 0.2,"
          + " \"height_shift_range\": 0.2, \"horizontal_flip\": true";
  private static final String JITTER =
      "{\"type\": \"color_jitter\", \"hue\": 0.1, \"saturation\": 0.3, \"value\": 0.3}";
  private static final String REST =
      "{\"type\": \"gaussian_blur\"}, {\"type\": \"gaussian_noise\"},"
          + " {\"type\": \"cutout\", \"scale\": [0.04, 0.04], \"ratio\": [1, 1]}";

  /** Counts the samples and CPU seconds of a JMH iteration. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Done {
    public double samples;
    public double cpuSeconds;
  }

  @Param({"affine", "hsv", "rest"})
  public String pipeline;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final byte[] image = new byte[SIZE * SIZE * 3];
  private final byte[] batch = new byte[BATCH * SIZE * SIZE * 3];
  private ImagePipeline images;
  private int sample;

  @Setup
  public void make() {
    String transforms =
        switch (pipeline) {
          case "affine" -> "";
          case "hsv" -> JITTER;
          default -> JITTER + ", " + REST;
        };
    String json = "{" + KERAS + ", \"transforms\": [" + transforms + "]}";
    images =
        new ImagePipeline(
            Messages.read(json.getBytes(StandardCharsets.UTF_8), Augmentation.class),
            SIZE,
            SIZE,
            3);
    for (int i = 0; i < image.length; i++) {
      int pixel = i / 3;
      image[i] = (byte) (pixel % SIZE + pixel / SIZE / 2 + i % 3 * 60 + i * 31 % 17);
    }
  }

  @Benchmark
  public byte[] batch(Done done) {
    long start = threads.getCurrentThreadCpuTime();
    for (int i = 0; i < BATCH; i++) {
      images.apply(1, 0, sample++, image, batch, i * SIZE * SIZE * 3);
    }
    done.samples += BATCH;
    done.cpuSeconds += (threads.getCurrentThreadCpuTime() - start) * 1e-9;
    return batch;
  }
}
