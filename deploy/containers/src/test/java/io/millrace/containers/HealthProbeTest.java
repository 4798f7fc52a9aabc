package io.millrace.containers;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.millrace.embedded.EmbeddedKafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthProbeTest {

  @ParameterizedTest
  @CsvSource({"200, true", "401, true", "503, false", "404, false"})
  void aServiceIsReadyOnlyIfItsHealthCheckReturns200Or401(int status, boolean ready)
      throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/q/health/ready",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    try {
      assertThat(HealthProbe.isReady(server.getAddress().getPort())).isEqualTo(ready);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aServiceThatIsNotListeningIsNotReady() throws IOException {
    assertThat(HealthProbe.isReady(EmbeddedKafka.freePort())).isFalse();
  }
}
