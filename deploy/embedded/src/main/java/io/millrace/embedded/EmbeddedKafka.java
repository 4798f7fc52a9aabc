package io.millrace.embedded;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker with one node (KRaft, broker and controller combined) in this JVM, on 127.0.0.1.
 * Its data remain in its folder for the next start. Topics are not created automatically.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private static final int NODE = 1;

  /**
   * Loggers that log only warnings, because a start logs 1,900 lines at INFO. A logger that is
   * garbage-collected loses its level, so this list keeps them.
   */
  private static final List<Logger> QUIET =
      List.of(
          Logger.getLogger("kafka"),
          Logger.getLogger("org.apache.kafka"),
          Logger.getLogger("state.change.logger"));

  static {
    QUIET.forEach(logger -> logger.setLevel(Level.WARNING));
  }

  private final KafkaRaftServer server;
  private final int port;

  private EmbeddedKafka(KafkaRaftServer server, int port) {
    this.server = server;
    this.port = port;
  }

  /** Starts a broker on free ports. */
  public static EmbeddedKafka start(Path folder) throws IOException {
    return start(folder, freePort(), Map.of());
  }

  /**
   * Starts a broker.
   *
   * @param folder folder for the data; created and formatted if it does not exist
   * @param port port for clients; the controller gets a free port
   * @param settings broker settings, which override the built-in ones
   */
  public static EmbeddedKafka start(Path folder, int port, Map<String, String> settings)
      throws IOException {
    Path log = Files.createDirectories(folder).toAbsolutePath().resolve("log");
    if (!Files.exists(log.resolve("meta.properties"))) {
      format(log);
    }
    var config = new HashMap<>(settings(log, port, freePort()));
    config.putAll(settings);
    var server = new KafkaRaftServer(new KafkaConfig(config, false), Time.SYSTEM);
    try {
      server.startup();
    } catch (RuntimeException e) {
      // Parts of the broker that have started would keep the process alive.
      server.shutdown();
      throw e;
    }
    return new EmbeddedKafka(server, port);
  }

  /** The address for clients: {@code 127.0.0.1:port}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Stops the broker; the data remain. */
  @Override
  public void close() {
    server.shutdown();
  }

  /** Waits until the broker has been stopped. */
  public void awaitShutdown() {
    server.awaitShutdown();
  }

  /** A port on 127.0.0.1 that is free at the moment. */
  public static int freePort() throws IOException {
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return socket.getLocalPort();
    }
  }

  private static void format(Path log) throws IOException {
    try {
      new Formatter()
          .setPrintStream(new PrintStream(PrintStream.nullOutputStream()))
          .setNodeId(NODE)
          .setClusterId(Uuid.randomUuid().toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(log.toString())
          .addDirectory(log.toString())
          .run();
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("formatting " + log, e);
    }
  }

  private static Map<String, String> settings(Path log, int port, int controllerPort) {
    var config = new HashMap<String, String>();
    config.put("process.roles", "broker,controller");
    config.put("node.id", Integer.toString(NODE));
    config.put("log.dirs", log.toString());
    config.put(
        "listeners", "CLIENTS://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    config.put("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
    config.put("inter.broker.listener.name", "CLIENTS");
    config.put("controller.listener.names", "CONTROLLER");
    config.put("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
    config.put("auto.create.topics.enable", "false");
    // One node: every internal topic has one replica.
    config.put("default.replication.factor", "1");
    config.put("offsets.topic.replication.factor", "1");
    config.put("offsets.topic.num.partitions", "1");
    config.put("transaction.state.log.replication.factor", "1");
    config.put("transaction.state.log.min.isr", "1");
    config.put("transaction.state.log.num.partitions", "1");
    config.put("share.coordinator.state.topic.replication.factor", "1");
    config.put("share.coordinator.state.topic.min.isr", "1");
    config.put("share.coordinator.state.topic.num.partitions", "1");
    config.put("group.initial.rebalance.delay.ms", "0");
    // A busy machine can pause the only node. The node must not lose its partitions, because queues
    // can stall for minutes afterwards. The cost: a broker that restarts after it was killed waits
    // until its old session expires.
    config.put("broker.session.timeout.ms", "20000");
    // Records that a killed trainer or augmentation service had acquired are released after this
    // time, not after 45 s.
    config.put("group.share.min.session.timeout.ms", "20000");
    config.put("group.share.session.timeout.ms", "20000");
    // A queue may be this many offsets ahead of its longest run: Kafka's maximum, not 2,000.
    config.put("group.share.max.partition.max.record.locks", "10000");
    config.put("group.share.partition.max.record.locks", "10000");
    // 8 MiB instead of 128 MiB.
    config.put("log.cleaner.dedupe.buffer.size", "8388608");
    // Batches are deleted soon after trainers have read them.
    config.put("log.retention.check.interval.ms", "10000");
    return config;
  }
}
