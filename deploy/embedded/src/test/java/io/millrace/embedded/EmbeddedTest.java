package io.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedTest {
  @TempDir Path folder;

  @Test
  void aBrokerKeepsItsTopicsAcrossARestart() throws Exception {
    try (var kafka = EmbeddedKafka.start(folder);
        var admin = admin(kafka)) {
      admin
          .createTopics(List.of(new NewTopic("kept", Optional.of(1), Optional.empty())))
          .all()
          .get();
    }
    try (var kafka = EmbeddedKafka.start(folder);
        var admin = admin(kafka)) {
      assertThat(admin.listTopics().names().get()).contains("kept");
    }
  }

  @Test
  void aDatabaseKeepsItsTablesAcrossARestart() throws Exception {
    try (var postgresql = EmbeddedPostgresql.start(folder)) {
      execute(postgresql, "create table kept (id int)");
    }
    try (var postgresql = EmbeddedPostgresql.start(folder)) {
      execute(postgresql, "insert into kept values (1)");
    }
  }

  private static void execute(EmbeddedPostgresql postgresql, String sql) throws Exception {
    try (var connection =
            DriverManager.getConnection(
                postgresql.jdbcUrl(postgresql.database()),
                postgresql.user(),
                postgresql.password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Admin admin(EmbeddedKafka kafka) {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }
}
