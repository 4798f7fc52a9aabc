package io.millrace.embedded;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A PostgreSQL server in a child process on 127.0.0.1, with one empty database. Its data remain in
 * its folder for the next start. Local connections are trusted: any password works.
 */
public final class EmbeddedPostgresql implements AutoCloseable {
  private static final String DATABASE = "millrace";
  private static final String USER = "millrace";
  private static final Duration START_WAIT = Duration.ofMinutes(2);
  private static final Duration STOP_WAIT = Duration.ofSeconds(20);

  private final EmbeddedPostgres server;
  private final Path data;

  private EmbeddedPostgresql(EmbeddedPostgres server, Path data) {
    this.server = server;
    this.data = data;
  }

  /** Starts a server on a free port. */
  public static EmbeddedPostgresql start(Path folder) throws IOException {
    return start(folder, EmbeddedKafka.freePort());
  }

  /**
   * Starts a server. First stops a server that a killed process left running in the same folder.
   *
   * @param folder folder for the data and the program files; created if it does not exist
   */
  public static EmbeddedPostgresql start(Path folder, int port) throws IOException {
    return start(folder, port, folder.resolve("program"));
  }

  /**
   * Starts a server with its program in a separate folder. Unpacking the program takes seconds, so
   * servers that start one after another, each with new data, can share the folder.
   *
   * @param program folder of the program, which is unpacked there if it is not there yet
   */
  public static EmbeddedPostgresql start(Path folder, int port, Path program) throws IOException {
    Path data = data(Files.createDirectories(folder));
    stopLeftover(folder);
    deleteUnfinished(program);
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setPort(port)
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setOverrideWorkingDirectory(program.toAbsolutePath().toFile())
            .setPGStartupWait(START_WAIT)
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("fsync", "on")
            .start();
    var postgresql = new EmbeddedPostgresql(server, data);
    try {
      postgresql.createDatabase();
    } catch (SQLException e) {
      postgresql.close();
      throw new IOException("cannot create the database " + DATABASE, e);
    }
    return postgresql;
  }

  /** The host that clients connect to. */
  public String host() {
    return "127.0.0.1";
  }

  /** The port that clients connect to. */
  public int port() {
    return server.getPort();
  }

  /** The name of the database. */
  public String database() {
    return DATABASE;
  }

  /** A user with all rights. */
  public String user() {
    return USER;
  }

  /** A password; any other works too. */
  public String password() {
    return USER;
  }

  /** The JDBC address of a database. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
  }

  /** Stops the server; the data remain. */
  @Override
  public void close() throws IOException {
    server.close();
  }

  /** Waits until the server has exited, for any reason. */
  public void awaitEnd() throws IOException {
    server(data).ifPresent(process -> process.onExit().join());
  }

  private void createDatabase() throws SQLException {
    try (var connection = server.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      if (!finds(statement, "select 1 from pg_roles where rolname = '" + USER + "'")) {
        statement.execute("create role " + USER + " superuser login password '" + USER + "'");
      }
      if (!finds(statement, "select 1 from pg_database where datname = '" + DATABASE + "'")) {
        statement.execute("create database " + DATABASE + " owner " + USER);
      }
    }
  }

  private static boolean finds(Statement statement, String query) throws SQLException {
    try (var found = statement.executeQuery(query)) {
      return found.next();
    }
  }

  private static Path data(Path folder) {
    return folder.toAbsolutePath().resolve("data");
  }

  /** Stops the server that a killed process left running in a folder, if there is one. */
  public static void stopLeftover(Path folder) throws IOException {
    Optional<ProcessHandle> process = server(data(folder));
    if (process.isEmpty()) {
      return;
    }
    try {
      // SIGINT: PostgreSQL's fast shutdown, which does not wait for clients.
      new ProcessBuilder("kill", "-INT", Long.toString(process.get().pid())).start().waitFor();
      process.get().onExit().get(STOP_WAIT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IOException("the PostgreSQL server " + process.get().pid() + " did not stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Deletes partly unpacked program files, because the library would fail on them. */
  private static void deleteUnfinished(Path program) throws IOException {
    if (!Files.exists(program)) {
      return;
    }
    try (var unpacked = Files.list(program)) {
      for (Path path : unpacked.toList()) {
        if (Files.isDirectory(path) && !Files.exists(path.resolve(".exists"))) {
          try (var parts = Files.walk(path)) {
            for (Path part : parts.sorted(Comparator.reverseOrder()).toList()) {
              Files.delete(part);
            }
          }
        }
      }
    }
  }

  /** The process of the server that uses the data, if one is running. */
  private static Optional<ProcessHandle> server(Path data) throws IOException {
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    return lines.isEmpty()
        ? Optional.empty()
        : ProcessHandle.of(Long.parseLong(lines.get(0).trim()))
            .filter(EmbeddedPostgresql::isPostgres);
  }

  private static boolean isPostgres(ProcessHandle process) {
    return process.info().command().map(command -> command.endsWith("/postgres")).orElse(false);
  }
}
