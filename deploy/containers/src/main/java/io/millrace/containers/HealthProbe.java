package io.millrace.containers;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/**
 * The health check of a container: exits with 0 if the service is ready. It is a class because the
 * image may have no shell. A response that requires a token (401) also counts as ready.
 */
public final class HealthProbe {
  private static final int TIMEOUT_MS = 4_000;

  private HealthProbe() {}

  /**
   * @param args the service's default port; {@code QUARKUS_HTTP_PORT} overrides it
   */
  public static void main(String[] args) {
    String port = System.getenv().getOrDefault("QUARKUS_HTTP_PORT", args[0]);
    System.exit(isReady(Integer.parseInt(port)) ? 0 : 1);
  }

  static boolean isReady(int port) {
    try {
      var connection =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + "/q/health/ready").toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MS);
      connection.setReadTimeout(TIMEOUT_MS);
      int status = connection.getResponseCode();
      return status == HttpURLConnection.HTTP_OK || status == HttpURLConnection.HTTP_UNAUTHORIZED;
    } catch (IOException e) {
      return false;
    }
  }
}
