package io.millrace.containers;

import io.millrace.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The broker of the image that replaces the official one if no registry is reachable. As in the
 * official image, {@code KAFKA_LOG_RETENTION_MS} sets {@code log.retention.ms}.
 */
public final class KafkaNode {
  private static final String PREFIX = "KAFKA_";

  private KafkaNode() {}

  /**
   * @param args the data folder and the port for clients
   */
  public static void main(String[] args) throws IOException {
    var kafka =
        EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]), settings(System.getenv()));
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
    kafka.awaitShutdown();
  }

  /** The data folder is not set by the environment, as in the official image. */
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
