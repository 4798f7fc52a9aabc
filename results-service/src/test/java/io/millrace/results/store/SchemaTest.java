package io.millrace.results.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.embedded.EmbeddedKafka;
import io.millrace.embedded.EmbeddedPostgresql;
import io.millrace.results.Infrastructure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.flywaydb.core.Flyway;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void mismatchedTablesAreReportedOnceWhenTheDatabaseStartsLate(@TempDir Path folder)
      throws IOException {
    EmbeddedPostgresql database =
        EmbeddedPostgresql.start(
            folder.resolve("postgresql"), EmbeddedKafka.freePort(), Infrastructure.PROGRAM);
    int port = database.port();
    String url = database.jdbcUrl(database.database());
    Path others = Files.createDirectory(folder.resolve("migrations"));
    Files.writeString(others.resolve("V1__runs.sql"), "create table run (other text)");
    flyway(database, url, "filesystem:" + others).migrate();
    database.close();
    var schema = new Schema(flyway(database, url, "classpath:db/migration"));
    var errors = new Errors();
    Logger logger = Logger.getLogger(Schema.class.getName());
    logger.addHandler(errors);

    schema.start(null);
    try (var late =
        EmbeddedPostgresql.start(folder.resolve("postgresql"), port, Infrastructure.PROGRAM)) {
      await().atMost(PATIENCE).until(() -> !errors.seen.isEmpty());
    } finally {
      schema.stop(null);
      logger.removeHandler(errors);
    }

    assertThat(errors.seen)
        .singleElement()
        .asString()
        .contains("the tables do not match this version's migrations", "checksum mismatch");
    assertThat(schema.call().getStatus()).isEqualTo(HealthCheckResponse.Status.DOWN);
  }

  private static Flyway flyway(EmbeddedPostgresql database, String url, String location) {
    return Flyway.configure()
        .dataSource(url, database.user(), database.password())
        .locations(location)
        .load();
  }

  /** Stores the messages that are logged as errors. */
  private static final class Errors extends Handler {
    private static final PatternFormatter MESSAGE = new PatternFormatter("%s");

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    @Override
    public void publish(LogRecord record) {
      if (record.getLevel().intValue() >= Level.SEVERE.intValue()) {
        seen.add(MESSAGE.format(record));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
