package io.millrace.results.ingest;

import io.millrace.results.store.Outage;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Default;
import java.time.Duration;
import java.util.function.Predicate;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * A fault of this service that prevents it from ingesting an event. The event is held and retried
 * until it succeeds, for example with a newer version of the service. Until then the service is not
 * ready.
 */
@Readiness
@Default
@ApplicationScoped
public class IngestFault implements HealthCheck {
  private static final Logger LOG = Logger.getLogger(IngestFault.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration SLOWEST_RETRY = Duration.ofSeconds(5);

  private final IngestMetrics metrics;
  private volatile String fault = "";

  IngestFault(IngestMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * Retries until it succeeds, or fails for a reason outside this service.
   *
   * @param what is held, for the log
   */
  <T> Uni<T> holding(String what, Uni<T> attempt, Predicate<Throwable> isOutsideFault) {
    return attempt
        .onFailure(isOutsideFault.negate())
        .invoke(failure -> hold(what, failure))
        .onFailure(isOutsideFault.negate())
        .retry()
        .withBackOff(FIRST_RETRY, SLOWEST_RETRY)
        .indefinitely()
        .onTermination()
        .invoke(this::release);
  }

  private void hold(String what, Throwable failure) {
    metrics.held(true);
    String described = what + ": " + Outage.describe(failure);
    if (!described.equals(fault)) {
      LOG.errorf(
          failure,
          "an event is held, because this service can neither ingest it nor move it to the dead letters: %s",
          what);
    }
    fault = described;
  }

  private void release() {
    metrics.held(false);
    if (!fault.isEmpty()) {
      LOG.infof("no event is held any more; the last fault was %s", fault);
    }
    fault = "";
  }

  @Override
  public HealthCheckResponse call() {
    String now = fault;
    return HealthCheckResponse.named("events taken in")
        .status(now.isEmpty())
        .withData("held", now)
        .build();
  }
}
