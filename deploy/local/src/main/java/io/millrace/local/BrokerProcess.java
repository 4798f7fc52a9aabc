package io.millrace.local;

import io.millrace.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Runs the broker as a process. Arguments: data folder, port, and a settings file, if it exists.
 */
final class BrokerProcess {
  private BrokerProcess() {}

  public static void main(String[] args) throws IOException {
    var kafka =
        EmbeddedKafka.start(
            Path.of(args[0]), Integer.parseInt(args[1]), settings(Path.of(args[2])));
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
    kafka.awaitShutdown();
  }

  private static Map<String, String> settings(Path file) throws IOException {
    var properties = new Properties();
    if (Files.exists(file)) {
      try (var reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      }
    }
    return properties.stringPropertyNames().stream()
        .collect(Collectors.toMap(name -> name, properties::getProperty));
  }
}
