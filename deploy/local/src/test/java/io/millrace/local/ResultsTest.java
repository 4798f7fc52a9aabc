package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResultsTest {
  @Test
  void theTokenIsSentIfOneIsGiven() throws Exception {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean isAuthorized =
              "Bearer a-token".equals(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] body =
              (isAuthorized ? "{\"run\": \"known\"}" : "{\"detail\": \"give a token\"}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(isAuthorized ? 200 : 401, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    String address = "http://127.0.0.1:" + server.getAddress().getPort();
    try {
      assertThat(new Results(address, Optional.of("a-token")).run("known").orElseThrow())
          .hasToString("{\"run\":\"known\"}");
      assertThatThrownBy(() -> new Results(address, Optional.empty()).run("known"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("401: give a token");
    } finally {
      server.stop(0);
    }
  }
}
