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
 * A fault of this service that keeps an event from being taken in. The event is held, and tried
 * again, until the service can take it, which another version of it may; until then it is not
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
   * Tries until it succeeds, or fails for a reason that is no fault of the service.
   *
   * @param what is held, in the log
   */
  <T> Uni<T> holding(String what, Uni<T> attempt, Predicate<Throwable> isNoFaultOfOurs) {
    return attempt
        .onFailure(isNoFaultOfOurs.negate())
        .invoke(failure -> hold(what, failure))
        .onFailure(isNoFaultOfOurs.negate())
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
          failure, "an event is held, this service cannot take it in or put it aside: %s", what);
    }
    fault = described;
  }

  private void release() {
    metrics.held(false);
    if (!fault.isEmpty()) {
      LOG.infof("no event is held any longer; it was %s", fault);
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
