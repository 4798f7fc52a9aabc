package io.millrace.local;

import io.millrace.embedded.EmbeddedPostgresql;
import java.io.IOException;
import java.nio.file.Path;

/** Runs the database server as a child process. Arguments: data folder and port. */
final class PostgresqlProcess {
  private PostgresqlProcess() {}

  public static void main(String[] args) throws Exception {
    var postgresql = EmbeddedPostgresql.start(Path.of(args[0]), Integer.parseInt(args[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(postgresql)));
    postgresql.awaitEnd();
  }

  private static void close(EmbeddedPostgresql postgresql) {
    try {
      postgresql.close();
    } catch (IOException e) {
      e.printStackTrace();
    }
  }
}
