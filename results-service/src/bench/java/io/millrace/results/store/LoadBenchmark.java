package io.millrace.results.store;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.PGCopyOutputStream;

/**
 * Measures response times under load. It writes 100 experiments with 5 variants each to the
 * database. The runs are run-1, run-2 and so on, and "long" with a million losses. Each reader
 * repeatedly pauses and requests a random path.
 *
 * <p>Arguments: the jar of the service, seconds (60), readers (50), the mean pause in milliseconds
 * (1,000), a file of paths with the placeholders {run} and {experiment}, runs (10,000), and the
 * total number of losses (100,000,000).
 */
public final class LoadBenchmark {
  private static final int EXPERIMENTS = 100;
  private static final int EPOCHS = 10;
  private static final int LONG_RUN = 1_000_000;
  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final byte[] COPY_SIGNATURE =
      "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);

  private static final String REQUEST =
      """
      {"experiment": "load", "seed": 1,
       "dataset": {"name": "fashion-mnist", "image_size": [28, 28], "color_mode": "grayscale"},
       "augmentation": {"rotation_range": 5, "horizontal_flip": true},
       "model": {"layers": [
         {"type": "Conv2D", "filters": 16, "kernel_size": 3, "activation": "relu"},
         {"type": "MaxPooling2D", "pool_size": 2},
         {"type": "Flatten"},
         {"type": "Dropout", "rate": 0.5},
         {"type": "Dense", "units": 10, "activation": "softmax"}]},
       "loss": "categorical_crossentropy", "metrics": ["acc"], "epochs": 10, "batch_size": 64}
      """;

  private static final String RUNS =
      """
      insert into run (run, experiment, variant, seed, state, progress, request, request_resolved,
                       epochs, trainer, device, delivery, steps_per_epoch, samples, validation_part,
                       layers, parameters, resumed_at_step, created_at, queued_at, started_at,
                       ended_at, epochs_done, steps_done, seconds, model_path, model_bytes,
                       model_sha256)
      select case when n = %1$d then 'long' else 'run-' || n end, 'experiment-' || n %% %2$d,
             'variant-' || n / %2$d %% 5, n / %2$d / 5,
             case when n %% 20 = 0 then 'FAILED' else 'COMPLETED' end, 4, '%3$s', true,
             %4$d, 'trainer-1', 'CPU: no GPU was found', 1, %5$d / %4$d,
             '{"train": 48000, "validation": 6000, "test": 6000}', 'validation',
             '{"layers": [{"name": "conv2d", "type": "Conv2D", "output_shape": [26, 26, 16], "parameters": 160},
                          {"name": "dense", "type": "Dense", "output_shape": [10], "parameters": 27050}]}',
             27210, 0, at, at, at, at + interval '5 minutes', %4$d, %5$d, 300.0,
             'run-' || n || '/model.zip', 109000, repeat('ab', 32)
      from (select n, timestamptz '2026-01-01' + n * interval '1 minute' as at
            from generate_series(1, %1$d) as n) as r
      """;

  private static final String EPOCH_ROWS =
      """
      insert into epoch (run_id, epoch, step, at, seconds, samples_per_second, data_wait_seconds,
                         metrics)
      select r.id, e, (e + 1) * r.steps_per_epoch, r.created_at + e * interval '30 seconds', 30,
             1600 + e, 0.5,
             json_build_object('loss', exp(-e / 5.0), 'acc', 1 - exp(-e / 5.0) / 2,
                               'val_loss', exp(-e / 6.0) + random() / 10,
                               'val_acc', 1 - exp(-e / 6.0) / 2, 'learning_rate', 0.001)
      from run r
      cross join generate_series(0, %d) as e
      """;

  private static final String EVALUATIONS =
      """
      insert into evaluation (run_id, at, samples, metrics, baseline, confusion)
      select r.id, r.ended_at, 6000, json_build_object('loss', random(), 'acc', random()),
             '{"name": "majority_class", "metrics": {"acc": 0.1}}',
             (select json_build_object('classes', json_agg('class-' || c), 'matrix', json_agg(m))
              from generate_series(0, 9) as c
              cross join (select json_agg(60 * k) as m from generate_series(0, 9) as k) as line)
      from run r
      where r.state = 'COMPLETED'
      """;

  private final MeasuredService stack;
  private final int runs;
  private final Map<String, ConcurrentLinkedQueue<Long>> nanos = new ConcurrentHashMap<>();
  private final Map<String, ConcurrentLinkedQueue<Long>> bytes = new ConcurrentHashMap<>();
  private final Map<String, ConcurrentLinkedQueue<Integer>> failures = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<String> slow = new ConcurrentLinkedQueue<>();
  private long started;

  private LoadBenchmark(MeasuredService stack, int runs) {
    this.stack = stack;
    this.runs = runs;
  }

  private void fill(Connection database, long losses) throws SQLException, IOException {
    long perRun = (losses - LONG_RUN) / (runs - 1);
    String request =
        Messages.text(Messages.read(REQUEST.getBytes(StandardCharsets.UTF_8), TrainingRequest.class));
    try (var statement = database.createStatement()) {
      statement.execute(
          RUNS.formatted(runs, EXPERIMENTS, request.replace("'", "''"), EPOCHS, perRun));
      statement.execute(
          "update run set steps_done = %1$d, steps_per_epoch = %1$d / epochs where run = 'long'"
              .formatted(LONG_RUN));
      statement.execute(EPOCH_ROWS.formatted(EPOCHS - 1));
      statement.execute(EVALUATIONS);
      statement.execute(
          RunStore.METRICS.replace(
              "cast(cast(:document as text) as json)", "(select json_agg(run) from run)"));
      copyLosses(database, perRun);
      statement.execute("vacuum analyze");
      try (var found =
          statement.executeQuery(
              "select sum(length(losses)) / 8, pg_total_relation_size('loss_block')"
                  + " + pg_total_relation_size('loss_outline') from loss_block")) {
        found.next();
        System.out.printf(
            Locale.ROOT,
            "%d runs, %d losses, %.2f bytes each%n",
            runs,
            found.getLong(1),
            (double) found.getLong(2) / found.getLong(1));
      }
    }
  }

  /** Writes the losses. Each block is a random part of a megabyte of noise around 1. */
  private void copyLosses(Connection database, long perRun) throws SQLException, IOException {
    var random = new Random(1);
    var noise = ByteBuffer.allocate(1 << 20);
    while (noise.hasRemaining()) {
      noise.putDouble(1 + 0.1 * random.nextGaussian());
    }
    List<Long> ids = new ArrayList<>();
    try (var statement = database.createStatement();
        var found = statement.executeQuery("select id from run order by created_at")) {
      while (found.next()) {
        ids.add(found.getLong(1));
      }
    }
    try (var another = stack.connect();
        var out = copy(database, "loss_block (run_id, block, losses, epochs)");
        var outlines = copy(another, "loss_outline (run_id, block, spans)")) {
      for (long id : ids) {
        long steps = id == ids.get(runs - 1) ? LONG_RUN : perRun;
        for (long first = 0; first < steps; first += LossBlock.STEPS) {
          int length = (int) Math.min(LossBlock.STEPS, steps - first);
          var epochs = ByteBuffer.allocate(length * Integer.BYTES);
          for (int i = 0; i < length; i++) {
            epochs.putInt((int) ((first + i) * EPOCHS / steps));
          }
          int place = Double.BYTES * random.nextInt((noise.capacity() >> 3) - LossBlock.STEPS);
          out.writeShort(4);
          out.writeInt(Long.BYTES);
          out.writeLong(id);
          out.writeInt(Long.BYTES);
          out.writeLong(LossBlock.of(first));
          out.writeInt(length * Double.BYTES);
          out.write(noise.array(), place, length * Double.BYTES);
          out.writeInt(epochs.capacity());
          out.write(epochs.array());
          if (length == LossBlock.STEPS) {
            byte[] losses = Arrays.copyOfRange(noise.array(), place, place + length * Double.BYTES);
            byte[] spans =
                LossSpan.bytes(new LossBlock(id, LossBlock.of(first), losses, epochs.array()));
            outlines.writeShort(3);
            outlines.writeInt(Long.BYTES);
            outlines.writeLong(id);
            outlines.writeInt(Long.BYTES);
            outlines.writeLong(LossBlock.of(first));
            outlines.writeInt(spans.length);
            outlines.write(spans);
          }
        }
      }
      out.writeShort(-1);
      outlines.writeShort(-1);
    }
  }

  private static DataOutputStream copy(Connection database, String table)
      throws SQLException, IOException {
    var out =
        new DataOutputStream(
            new BufferedOutputStream(
                new PGCopyOutputStream(
                    database.unwrap(PGConnection.class),
                    "copy " + table + " from stdin (format binary)"),
                1 << 16));
    out.write(COPY_SIGNATURE);
    out.writeLong(0);
    return out;
  }

  private void read(List<String> paths, int readers, long pause, int seconds) throws Exception {
    started = System.nanoTime();
    long end = started + TimeUnit.SECONDS.toNanos(seconds);
    var threads = Executors.newFixedThreadPool(readers);
    for (int reader = 0; reader < readers; reader++) {
      // With Random, consecutive seeds give almost the same first number, so that all readers would
      // send their first request at the same time.
      var random = new SplittableRandom(reader);
      threads.submit(
          () -> {
            while (System.nanoTime() < end) {
              TimeUnit.MILLISECONDS.sleep((long) (2 * pause * random.nextDouble()));
              ask(paths.get(random.nextInt(paths.size())), random);
            }
            return null;
          });
    }
    threads.shutdown();
    if (!threads.awaitTermination(seconds + 60L, TimeUnit.SECONDS)) {
      throw new IllegalStateException("some readers have not received their answers");
    }
  }

  private void ask(String path, SplittableRandom random) throws IOException, InterruptedException {
    String asked =
        path.replace("{run}", "run-" + (1 + random.nextInt(runs - 1)))
            .replace("{experiment}", "experiment-" + random.nextInt(EXPERIMENTS));
    long start = System.nanoTime();
    var answer =
        stack
            .http()
            .send(HttpRequest.newBuilder(stack.uri(asked)).build(), BodyHandlers.ofByteArray());
    long took = System.nanoTime() - start;
    nanos.computeIfAbsent(path, p -> new ConcurrentLinkedQueue<>()).add(took);
    if (took > SLOW_NANOS) {
      slow.add(
          String.format(
              Locale.ROOT, "%6.1f s: %4d ms %s", (start - started) / 1e9, took / 1_000_000, asked));
    }
    bytes.computeIfAbsent(path, p -> new ConcurrentLinkedQueue<>()).add((long) answer.body().length);
    // A failed run has no evaluation.
    if (answer.statusCode() != 200 && !asked.endsWith("/evaluation")) {
      failures
          .computeIfAbsent(path, p -> new ConcurrentLinkedQueue<>())
          .add(answer.statusCode());
    }
  }

  private void print(List<String> paths) {
    System.out.printf(
        "%-50s %7s %8s %8s %8s %9s%n", "path", "asked", "p50 ms", "p99 ms", "max ms", "KB");
    for (String path : paths) {
      long[] sorted = sorted(nanos, path);
      if (sorted.length == 0) {
        continue;
      }
      System.out.printf(
          Locale.ROOT,
          "%-50s %7d %8.1f %8.1f %8.1f %9.1f %s%n",
          path,
          sorted.length,
          sorted[sorted.length / 2] / 1e6,
          sorted[(int) Math.ceil(0.99 * sorted.length) - 1] / 1e6,
          sorted[sorted.length - 1] / 1e6,
          Arrays.stream(sorted(bytes, path)).average().orElse(0) / 1e3,
          failures.containsKey(path)
              ? failures.get(path).stream()
                  .collect(Collectors.groupingBy(status -> status, Collectors.counting()))
              : "");
    }
    System.out.println("Answers of more than 200 ms, by the time they were requested:");
    slow.stream().sorted().forEach(System.out::println);
  }

  private static long[] sorted(Map<String, ConcurrentLinkedQueue<Long>> figures, String path) {
    return figures.getOrDefault(path, new ConcurrentLinkedQueue<>()).stream()
        .mapToLong(Long::longValue)
        .sorted()
        .toArray();
  }

  public static void main(String[] arguments) throws Exception {
    int seconds = argument(arguments, 1, 60);
    int readers = argument(arguments, 2, 50);
    int pause = argument(arguments, 3, 1_000);
    List<String> paths =
        Files.readAllLines(Path.of(arguments[4])).stream().filter(line -> !line.isBlank()).toList();
    int runs = argument(arguments, 5, 10_000);
    int losses = argument(arguments, 6, 100_000_000);
    try (var stack = new MeasuredService(Path.of(arguments[0]));
        var database = stack.connect()) {
      stack.start();
      stack.awaitReadiness();
      var benchmark = new LoadBenchmark(stack, runs);
      benchmark.fill(database, losses);
      benchmark.read(paths, readers, pause, Math.max(10, seconds / 2));
      benchmark.nanos.clear();
      benchmark.bytes.clear();
      benchmark.slow.clear();
      benchmark.failures.clear();
      double start = System.nanoTime();
      double cpu = stack.cpuOfService();
      benchmark.read(paths, readers, pause, seconds);
      benchmark.print(paths);
      System.out.printf(
          Locale.ROOT,
          "CPU seconds a second of the service: %.2f%n",
          (stack.cpuOfService() - cpu) / ((System.nanoTime() - start) / 1e9));
    }
    System.exit(0);
  }

  private static int argument(String[] arguments, int place, int otherwise) {
    return arguments.length > place ? Integer.parseInt(arguments[place]) : otherwise;
  }
}
