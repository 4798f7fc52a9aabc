package io.millrace.results.store;

import static io.restassured.RestAssured.when;

import io.millrace.results.Infrastructure;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class ConnectionPoolTest {
  @Inject Pool pool;

  @ConfigProperty(name = "quarkus.datasource.reactive.max-size")
  int size;

  @Test
  @Timeout(25)
  void aRequestThatGetsNoDatabaseConnectionFailsSoonWith503() {
    List<SqlConnection> inUse = new ArrayList<>();
    try {
      // One connection is already in use: it listens for changes.
      for (int i = 0; i < size - 1; i++) {
        inUse.add(pool.getConnection().toCompletionStage().toCompletableFuture().join());
      }
      when().get("/runs").then().statusCode(503);
    } finally {
      inUse.forEach(SqlConnection::close);
    }
    when().get("/runs").then().statusCode(200);
  }
}
