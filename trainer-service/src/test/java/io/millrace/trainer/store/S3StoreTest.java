package io.millrace.trainer.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.millrace.storage.S3Access;
import io.millrace.storage.StoreAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import org.junit.jupiter.api.Test;

class S3StoreTest {

  private static S3Access at(int port) {
    return LocalS3.at(URI.create("http://127.0.0.1:" + port));
  }

  @Test
  void aServerWithoutConditionalWritesIsRefused() throws Exception {
    // The server accepts every write, like one that ignores If-None-Match.
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().add("ETag", "\"0\"");
          exchange.sendResponseHeaders(exchange.getRequestMethod().equals("PUT") ? 200 : 204, -1);
          exchange.close();
        });
    server.start();
    try {
      assertThatThrownBy(
              () ->
                  S3Store.open(
                      at(server.getAddress().getPort()), new StoreAddress.Bucket("runs", "")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("does not support conditional writes");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void s3AccessDoesNotPrintItsKeys() {
    assertThat(at(1)).asString().doesNotContain("key", "hidden");
  }
}
