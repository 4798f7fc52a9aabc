package io.millrace.local;

import io.millrace.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The broker as a process of its own: folder, port. */
final class BrokerProcess {
  private BrokerProcess() {}

  public static void main(String[] args) throws IOException {
    var kafka = EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]), Map.of());
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
    kafka.awaitShutdown();
  }
}
