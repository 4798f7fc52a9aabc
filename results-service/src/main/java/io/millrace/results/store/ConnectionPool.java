package io.millrace.results.store;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Limits the wait for a connection, for which Quarkus has no settings. */
@Singleton
public class ConnectionPool implements PgPoolCreator {
  private final Duration maxWait;
  private final int maxWaiting;

  ConnectionPool(
      @ConfigProperty(name = "millrace.db.max-wait") Duration maxWait,
      @ConfigProperty(name = "millrace.db.max-waiting") int maxWaiting) {
    this.maxWait = maxWait;
    this.maxWaiting = maxWaiting;
  }

  @Override
  public Pool create(Input input) {
    var options =
        input
            .poolOptions()
            .setConnectionTimeout(Math.toIntExact(maxWait.toMillis()))
            .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
            .setMaxWaitQueueSize(maxWaiting);
    return PgBuilder.pool()
        .with(options)
        .connectingTo(List.copyOf(input.pgConnectOptionsList()))
        .using(input.vertx())
        .build();
  }
}
