package io.millrace.trainer;

import io.millrace.embedded.EmbeddedKafka;
import io.millrace.messaging.KafkaSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;

/** The broker that all test classes in a JVM share. It starts when first used and stops at exit. */
public final class TestBroker {
  private static TestBroker instance;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Path folder;
  private final KafkaSettings settings;
  private final Admin admin;
  private final Producer<byte[], byte[]> producer;

  private TestBroker() throws IOException {
    folder = Files.createTempDirectory("millrace-trainer");
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    EmbeddedKafka broker = closing(EmbeddedKafka.start(folder.resolve("kafka")));
    settings =
        new KafkaSettings(
            Map.of("bootstrap.servers", broker.bootstrapServers()), Optional.of((short) 1));
    admin = closing(settings.admin());
    producer = closing(settings.producer());
  }

  /** The broker; the first call starts it. */
  public static synchronized TestBroker get() {
    if (instance == null) {
      try {
        instance = new TestBroker();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return instance;
  }

  /** A folder that is deleted at exit. */
  public Path folder() {
    return folder;
  }

  public KafkaSettings settings() {
    return settings;
  }

  public Admin admin() {
    return admin;
  }

  public Producer<byte[], byte[]> producer() {
    return producer;
  }

  /** Closes a client of the broker before the broker stops. */
  <C extends AutoCloseable> C closing(C client) {
    open.push(client);
    return client;
  }

  private void stop() {
    try {
      while (!open.isEmpty()) {
        open.pop().close();
      }
      List<Path> files;
      try (var all = Files.walk(folder)) {
        files = all.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (Exception e) {
      throw new IllegalStateException("the tests' broker did not stop", e);
    }
  }
}
