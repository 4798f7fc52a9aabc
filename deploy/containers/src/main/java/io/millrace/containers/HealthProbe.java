package io.millrace.containers;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/**
 * Whether the service of this container is ready, as the exit status: an image without a shell has
 * no other client. Where health is not for everyone, a service that asks who is there is well.
 */
public final class HealthProbe {
  private static final int TIMEOUT_MS = 4_000;

  private HealthProbe() {}

  /**
   * @param args the service's usual port; {@code QUARKUS_HTTP_PORT} goes before it
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
