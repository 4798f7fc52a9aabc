package io.millrace.results.store;

import io.millrace.contracts.event.TrainingEvent.StepsCompleted;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Measures how fast the service ingests a backlog of losses from Kafka into committed rows. Each
 * round is compared with PostgreSQL's COPY of the same losses from a file on the same disk, with
 * one row per step, into a table whose key is the run and the step. A round lasts from the first to
 * the last committed loss. The service is restarted for each round.
 *
 * <p>Arguments: the jar of the service, rounds (3), events of 1,000 losses per round (5,000), and
 * runs (20).
 */
public final class IngestBenchmark {
  private static final int LOSSES = StepsCompleted.MAX_LOSSES;

  private final MeasuredService stack;
  private final Connection database;
  private final int events;
  private final int runs;

  private IngestBenchmark(MeasuredService stack, Connection database, int events, int runs) {
    this.stack = stack;
    this.database = database;
    this.events = events;
    this.runs = runs;
  }

  /**
   * The results of a round.
   *
   * @param ours losses per second
   * @param copy rows per second of COPY
   * @param service CPU seconds of the service per second
   * @param database CPU seconds of PostgreSQL per second
   */
  private record Round(double ours, double copy, double service, double database) {
    double ratio() {
      return ours / copy;
    }
  }

  private Round round(int number) throws Exception {
    Path rows = publish(number);
    double copy = copy(rows);
    Files.delete(rows);
    stack.start();
    long first = await(committed() + 1);
    long start = System.nanoTime();
    double service = stack.cpuOfService();
    double postgresql = stack.cpuOfDatabase();
    long last = await((long) (number + 1) * events * LOSSES);
    double seconds = (System.nanoTime() - start) / 1e9;
    var round =
        new Round(
            (last - first) / seconds,
            copy,
            (stack.cpuOfService() - service) / seconds,
            (stack.cpuOfDatabase() - postgresql) / seconds);
    stack.stop();
    return round;
  }

  /** Publishes the events of a round, and writes its rows to a file for COPY. */
  private Path publish(int round) throws IOException {
    var random = new Random(round);
    Path file = stack.folder().resolve("rows");
    try (var producer =
            new KafkaProducer<>(
                Map.<String, Object>of(
                    "bootstrap.servers", stack.brokers(), "linger.ms", 5, "batch.size", 1 << 18),
                new StringSerializer(),
                new ByteArraySerializer());
        var rows = Files.newBufferedWriter(file)) {
      for (int event = 0; event < events; event++) {
        int run = event % runs;
        int epoch = event / runs;
        long firstStep = (long) epoch * LOSSES;
        List<Double> losses = new ArrayList<>(LOSSES);
        for (int i = 0; i < LOSSES; i++) {
          double loss = Math.exp(-epoch / 100.0) + 0.1 * random.nextGaussian();
          losses.add(loss);
          rows.write(run + "\t" + (firstStep + i) + "\t" + epoch + "\t" + loss + "\n");
        }
        String name = "run-" + round + "-" + run;
        var completed =
            new StepsCompleted(
                null, name, Instant.ofEpochSecond(1_767_225_600 + event), epoch, firstStep, losses);
        producer.send(
            new ProducerRecord<>(Topics.TRAINING_EVENTS, name, Messages.write(completed)));
      }
    }
    return file;
  }

  /** The rows per second of PostgreSQL's COPY. */
  private double copy(Path rows) throws SQLException {
    try (var statement = database.createStatement()) {
      statement.execute(
          "create table copied (run_id bigint not null, step bigint not null, epoch integer not"
              + " null, loss double precision, primary key (run_id, step))");
      long start = System.nanoTime();
      statement.execute("copy copied from '" + rows + "'");
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          Locale.ROOT, "COPY: %.1f bytes a row%n", size("copied") / ((double) events * LOSSES));
      statement.execute("drop table copied");
      statement.execute("checkpoint");
      return events * LOSSES / seconds;
    }
  }

  /** Waits until at least this many losses are committed, and returns their number. */
  private long await(long losses) throws Exception {
    long found = committed();
    while (found < losses) {
      TimeUnit.MILLISECONDS.sleep(20);
      stack.requireAlive();
      found = committed();
    }
    return found;
  }

  /**
   * The number of committed losses, from the step counts of the runs, which are written in the same
   * transactions.
   */
  private long committed() throws SQLException {
    if (number("select count(*) from pg_class where relname = 'loss_block'") == 0) {
      return 0;
    }
    return number("select coalesce(sum(steps_done), 0) from run");
  }

  /** Vacuums a table. Returns its size in bytes, including indexes. */
  private long size(String table) throws SQLException {
    try (var statement = database.createStatement()) {
      statement.execute("vacuum " + table);
    }
    return number("select pg_total_relation_size('" + table + "')");
  }

  private long number(String query) throws SQLException {
    try (var statement = database.createStatement();
        var found = statement.executeQuery(query)) {
      found.next();
      return found.getLong(1);
    }
  }

  private void measure(int rounds) throws Exception {
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < rounds; i++) {
      Round round = round(i);
      ratios.add(round.ratio());
      System.out.printf(
          Locale.ROOT,
          "%.0f losses/s, COPY %.0f rows/s, ratio %.2f; CPU seconds a second: service %.2f,"
              + " PostgreSQL %.2f%n",
          round.ours,
          round.copy,
          round.ratio(),
          round.service,
          round.database);
    }
    ratios.sort(null);
    long stored =
        number("select sum(length(losses)) / 8 from loss_block");
    System.out.printf(
        Locale.ROOT,
        "median ratio %.2f; %d losses stored, %.2f bytes each%n",
        ratios.get(ratios.size() / 2),
        stored,
        (double) (size("loss_block") + size("loss_outline")) / stored);
  }

  public static void main(String[] arguments) throws Exception {
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
    int events = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5_000;
    int runs = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 20;
    try (var stack = new MeasuredService(Path.of(arguments[0]));
        var database = stack.connect()) {
      new IngestBenchmark(stack, database, events, runs).measure(rounds);
    }
    System.exit(0);
  }
}
