package io.millrace.results.store;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.jboss.logging.Logger;

/**
 * Migrates the tables at startup. If PostgreSQL is unavailable, the service starts without it, is
 * not ready, and retries until the tables are up to date.
 */
@Readiness
@ApplicationScoped
public class Schema implements HealthCheck {
  private static final Logger LOG = Logger.getLogger(Schema.class);
  private static final long RETRY_SECONDS = 2;

  private final Flyway flyway;
  private final ScheduledExecutorService retries =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "schema");
            thread.setDaemon(true);
            return thread;
          });
  private volatile boolean upToDate;

  Schema(Flyway flyway) {
    this.flyway = flyway;
  }

  void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
    migrate();
  }

  void stop(@Observes ShutdownEvent event) {
    retries.shutdownNow();
  }

  private void migrate() {
    try {
      flyway.migrate();
      upToDate = true;
      LOG.info("the tables are up to date");
    } catch (FlywayValidateException e) {
      // The tables were migrated by other scripts; a retry cannot help.
      throw e;
    } catch (RuntimeException e) {
      LOG.warnf("the tables cannot be migrated yet: %s", Outage.describe(e));
      retries.schedule(this::retry, RETRY_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Runs in the background, where nothing else would report the failure. */
  private void retry() {
    try {
      migrate();
    } catch (FlywayValidateException e) {
      LOG.errorf(
          "the tables do not match this version's migrations, so the service will not become ready: %s",
          Outage.describe(e));
    }
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("tables up to date").status(upToDate).build();
  }
}
