package io.millrace.results.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.results.Infrastructure;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class MigrationTest {
  @ConfigProperty(name = "millrace.db.url")
  String url;

  @ConfigProperty(name = "millrace.db.user")
  String user;

  @Test
  void lossesStoredOneRowPerStepAreMigratedToBlocks() throws SQLException {
    try (var database = connect(url);
        var statement = database.createStatement()) {
      statement.execute("create database migrated");
    }
    String migrated = url.substring(0, url.lastIndexOf('/')) + "/migrated";
    migrate(migrated, "3");
    try (var database = connect(migrated);
        var statement = database.createStatement()) {
      statement.execute(
          "insert into run (run, state, progress, created_at)"
              + " values ('old', 'RUNNING', 3, now()), ('other', 'RUNNING', 3, now())");
      statement.execute(
          "insert into step select 1, s, s / 500, s / 8.0 from generate_series(0, 1999) as s"
              + " where s not between 100 and 1000");
      statement.execute("insert into step values (1, 50000, 100, null), (2, 3, 0, 0.1)");

      migrate(migrated, "latest");

      LossSeries old = losses(database, 1);
      assertThat(old.size()).isEqualTo(2_000 - 901 + 1);
      assertThat(old.steps()).contains(0, 99, 1_001, 1_999, 50_000).doesNotContain(100, 1_000);
      for (int i = 0; i < old.size() - 1; i++) {
        assertThat(old.losses()[i]).isEqualTo(old.steps()[i] / 8.0);
        assertThat(old.epochs()[i]).isEqualTo((int) (old.steps()[i] / 500));
      }
      assertThat(old.losses()[old.size() - 1]).as("not finite").isNaN();
      assertThat(losses(database, 2))
          .satisfies(
              other -> {
                assertThat(other.steps()).containsExactly(3);
                assertThat(other.losses()).containsExactly(0.1);
              });
    }
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection("jdbc:postgresql://" + database, user, "");
  }

  private void migrate(String database, String target) {
    Flyway.configure()
        .dataSource("jdbc:postgresql://" + database, user, "")
        .target(target)
        .load()
        .migrate();
  }

  private static LossSeries losses(Connection database, long run) throws SQLException {
    List<LossBlock> blocks = new ArrayList<>();
    try (var statement = database.createStatement();
        var found =
            statement.executeQuery(
                "select block, losses, epochs from loss_block where run_id = "
                    + run
                    + " order by block")) {
      while (found.next()) {
        blocks.add(new LossBlock(run, found.getLong(1), found.getBytes(2), found.getBytes(3)));
      }
    }
    return LossSeries.of(blocks, 0, Long.MAX_VALUE);
  }
}
