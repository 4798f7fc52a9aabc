package io.millrace.results.store;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Receives notifications from PostgreSQL about changed runs, whichever service changed them, on one
 * connection. A notification is only a hint: without a connection there are none, so listeners also
 * have to poll.
 */
@ApplicationScoped
public class Changes {
  private static final Logger LOG = Logger.getLogger(Changes.class);
  private static final long RETRY_MILLIS = 2_000;

  private final Pool pool;
  private final Vertx vertx;
  private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  Changes(Pool pool, Vertx vertx) {
    this.pool = pool;
    this.vertx = vertx;
  }

  /** Is called for every change, on an event loop. */
  @FunctionalInterface
  public interface Listener {
    /**
     * @param experiment of the run; empty if it is unknown
     */
    void changed(String run, String experiment);
  }

  /** Adds a listener. */
  public void add(Listener listener) {
    listeners.add(listener);
  }

  /** Removes a listener. */
  public void remove(Listener listener) {
    listeners.remove(listener);
  }

  void start(@Observes StartupEvent event) {
    listen();
  }

  void stop(@Observes ShutdownEvent event) {
    stopping = true;
  }

  private void listen() {
    pool.getConnection()
        .onFailure(failure -> retry(Outage.describe(failure)))
        .onSuccess(
            connection -> {
              // A connection that breaks while it starts to listen may report that twice.
              var lost = new AtomicBoolean();
              PgConnection listening = PgConnection.cast(connection);
              listening.notificationHandler(
                  notification -> notifyListeners(notification.getPayload()));
              listening.closeHandler(closed -> retryOnce(lost, "the connection is closed"));
              listening
                  .query("listen millrace")
                  .execute()
                  .onFailure(
                      failure -> {
                        retryOnce(lost, Outage.describe(failure));
                        listening.close();
                      });
            });
  }

  private void retryOnce(AtomicBoolean lost, String why) {
    if (lost.compareAndSet(false, true)) {
      retry(why);
    }
  }

  private void retry(String why) {
    if (!stopping) {
      LOG.debugf("change notifications are interrupted: %s", why);
      vertx.setTimer(RETRY_MILLIS, timer -> listen());
    }
  }

  private void notifyListeners(String payload) {
    int space = payload.indexOf(' ');
    String run = payload.substring(0, space);
    String experiment = payload.substring(space + 1);
    listeners.forEach(listener -> listener.changed(run, experiment));
  }
}
