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
 * Hears from PostgreSQL which runs have changed, whichever service has written them: one connection
 * listens. It is no more than a hint to look: while there is no such connection nothing is heard,
 * so that who waits looks now and then by itself.
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

  /** Is told of every change, on an event loop. */
  @FunctionalInterface
  public interface Listener {
    /**
     * @param experiment of the run; empty where it is not known
     */
    void changed(String run, String experiment);
  }

  /** From now on the listener is told. */
  public void add(Listener listener) {
    listeners.add(listener);
  }

  /** From now on it is not. */
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
        .onFailure(failure -> again(Outage.describe(failure)))
        .onSuccess(
            connection -> {
              // A connection that breaks while it begins to listen may tell so twice.
              var lost = new AtomicBoolean();
              PgConnection listening = PgConnection.cast(connection);
              listening.notificationHandler(notification -> tell(notification.getPayload()));
              listening.closeHandler(closed -> againOnce(lost, "the connection is closed"));
              listening
                  .query("listen millrace")
                  .execute()
                  .onFailure(
                      failure -> {
                        againOnce(lost, Outage.describe(failure));
                        listening.close();
                      });
            });
  }

  private void againOnce(AtomicBoolean lost, String why) {
    if (lost.compareAndSet(false, true)) {
      again(why);
    }
  }

  private void again(String why) {
    if (!stopping) {
      LOG.debugf("changes are not heard for now: %s", why);
      vertx.setTimer(RETRY_MILLIS, timer -> listen());
    }
  }

  private void tell(String payload) {
    int space = payload.indexOf(' ');
    String run = payload.substring(0, space);
    String experiment = payload.substring(space + 1);
    listeners.forEach(listener -> listener.changed(run, experiment));
  }
}
