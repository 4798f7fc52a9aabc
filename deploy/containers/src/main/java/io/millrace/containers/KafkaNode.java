package io.millrace.containers;

import io.millrace.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The broker of the image that stands in for the official one where no registry is reached. As
 * there, {@code KAFKA_LOG_RETENTION_MS} is the setting {@code log.retention.ms}.
 */
public final class KafkaNode {
  private static final String PREFIX = "KAFKA_";

  private KafkaNode() {}

  /**
   * @param args the folder of the data, and the port of the clients
   */
  public static void main(String[] args) throws IOException {
    var kafka =
        EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]), settings(System.getenv()));
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
    kafka.awaitShutdown();
  }

  /** Where the data lie is not the environment's to say: the official image's folder is its own. */
  static Map<String, String> settings(Map<String, String> environment) {
    var settings = new HashMap<String, String>();
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX)) {
            settings.put(
                name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.'), value);
          }
        });
    settings.remove("log.dirs");
    return settings;
  }
}
