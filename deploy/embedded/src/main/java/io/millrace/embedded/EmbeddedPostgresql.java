package io.millrace.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A PostgreSQL server as a child of this process, listening on 127.0.0.1, with one empty database.
 * Its data stay in its folder and are there again at the next start. Local connections are trusted:
 * any password will do.
 */
public final class EmbeddedPostgresql implements AutoCloseable {
  private static final String DATABASE = "millrace";
  private static final String USER = "postgres";
  private static final Duration START_WAIT = Duration.ofMinutes(2);
  private static final Duration STOP_WAIT = Duration.ofSeconds(20);

  private final EmbeddedPostgres server;

  private EmbeddedPostgresql(EmbeddedPostgres server) {
    this.server = server;
  }

  /** Starts a server on a free port. */
  public static EmbeddedPostgresql start(Path folder) throws IOException {
    return start(folder, EmbeddedKafka.freePort());
  }

  /**
   * Starts a server. One that a killed process left behind in the same folder is stopped first.
   *
   * @param folder of its data and, beside them, of its program; made where it does not exist
   */
  public static EmbeddedPostgresql start(Path folder, int port) throws IOException {
    Path data = Files.createDirectories(folder).toAbsolutePath().resolve("data");
    stopLeftover(data);
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setPort(port)
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setOverrideWorkingDirectory(folder.resolve("program").toFile())
            .setPGStartupWait(START_WAIT)
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("fsync", "on")
            .start();
    var postgresql = new EmbeddedPostgresql(server);
    try {
      postgresql.createDatabase();
    } catch (SQLException e) {
      postgresql.close();
      throw new IOException("creating the database " + DATABASE, e);
    }
    return postgresql;
  }

  /** Where it listens. */
  public String host() {
    return "127.0.0.1";
  }

  /** Where it listens. */
  public int port() {
    return server.getPort();
  }

  /** The name of the database that is there. */
  public String database() {
    return DATABASE;
  }

  /** A user that may do everything. */
  public String user() {
    return USER;
  }

  /** A password; any other would do. */
  public String password() {
    return USER;
  }

  /** The JDBC address of a database. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
  }

  /** Stops the server; its data stay. */
  @Override
  public void close() throws IOException {
    server.close();
  }

  private void createDatabase() throws SQLException {
    try (var connection = server.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      try (var found =
          statement.executeQuery("select 1 from pg_database where datname = '" + DATABASE + "'")) {
        if (found.next()) {
          return;
        }
      }
      statement.execute("create database " + DATABASE);
    }
  }

  private static void stopLeftover(Path data) throws IOException {
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return;
    }
    List<String> lines = Files.readAllLines(file);
    Optional<ProcessHandle> process =
        lines.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(lines.get(0).trim()));
    if (process.isPresent() && isPostgres(process.get())) {
      process.get().destroy();
      try {
        process.get().onExit().get(STOP_WAIT.toSeconds(), TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        throw new IOException("the PostgreSQL server " + process.get().pid() + " does not stop", e);
      } catch (ExecutionException e) {
        throw new IOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean isPostgres(ProcessHandle process) {
    return process.info().command().map(command -> command.endsWith("/postgres")).orElse(false);
  }
}
