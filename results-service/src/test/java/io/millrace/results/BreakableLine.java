package io.millrace.results;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A proxy to a service that a test can break and restore. */
final class BreakableLine implements AutoCloseable {
  private final int target;
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean broken;

  /** Starts a proxy to a service on this machine. */
  BreakableLine(URI service) throws IOException {
    target = service.getPort();
    start(this::accept);
  }

  URI uri(String path) {
    return URI.create("http://localhost:" + server.getLocalPort() + path);
  }

  /** Drops all connections, and new ones until {@link #mend}. */
  void breakOff() {
    broken = true;
    open.forEach(BreakableLine::drop);
  }

  void mend() {
    broken = false;
  }

  private void accept() throws IOException {
    while (true) {
      Socket here = server.accept();
      if (broken) {
        here.close();
        continue;
      }
      var there = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(here);
      open.add(there);
      start(() -> pass(here, there));
      start(() -> pass(there, here));
    }
  }

  private void pass(Socket from, Socket to) throws IOException {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } finally {
      drop(from);
      drop(to);
      open.remove(from);
      open.remove(to);
    }
  }

  private static void drop(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    var thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One side has closed the connection.
              }
            },
            "line");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    breakOff();
    server.close();
  }
}
