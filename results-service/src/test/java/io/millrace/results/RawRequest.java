package io.millrace.results;

import io.restassured.RestAssured;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A request that sends its target exactly as given, which no client library does.
 *
 * @param token null for none
 * @param address the local address to send from; the service limits each address separately
 * @param body JSON; empty for none
 */
record RawRequest(String method, String target, String token, String address, String body) {
  private static final int PATIENCE_MS = 60_000;

  static RawRequest of(String method, String target) {
    return new RawRequest(method, target, null, "127.0.0.1", "");
  }

  RawRequest by(String token) {
    return new RawRequest(method, target, token, address, body);
  }

  RawRequest from(String address) {
    return new RawRequest(method, target, token, address, body);
  }

  RawRequest with(String body) {
    return new RawRequest(method, target, token, address, body);
  }

  /** Sends the request and returns the status of the answer. */
  String status() throws IOException {
    return answer().split(" ", 3)[1];
  }

  /** Sends the request and returns the whole answer, head and body. */
  String answer() throws IOException {
    try (Socket socket = connect(address)) {
      socket.getOutputStream().write(bytes());
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  byte[] bytes() {
    String head =
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + (token == null ? "" : "Authorization: Bearer " + token + "\r\n")
            + (body.isEmpty()
                ? ""
                : "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n");
    return (head + "\r\n" + body).getBytes(StandardCharsets.US_ASCII);
  }

  /** A connection to the service under test. */
  static Socket connect(String from) throws IOException {
    var socket =
        new Socket(
            InetAddress.getByName("127.0.0.1"), RestAssured.port, InetAddress.getByName(from), 0);
    socket.setSoTimeout(PATIENCE_MS);
    return socket;
  }
}
