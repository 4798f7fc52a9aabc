package io.millrace.results.admission;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Answers requests in a thread of its own for as long as the service runs. After a Kafka failure it
 * starts a new session, and Kafka redelivers the requests whose answers the old session did not
 * publish.
 */
@Readiness
@ApplicationScoped
public class AdmissionController implements HealthCheck {
  private static final Logger LOG = Logger.getLogger(AdmissionController.class);
  private static final long PAUSE_MILLIS = 1_000;
  private static final long STOP_MILLIS = 10_000;

  private final KafkaCluster cluster;
  private final String id;
  private final Answers answers;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "admission");
  private volatile AdmissionSession session;
  private volatile String trouble = "not connected to Kafka yet";

  AdmissionController(
      KafkaCluster cluster,
      AdmissionSettings settings,
      @ConfigProperty(name = "quarkus.http.port") int port,
      Answers answers,
      MeterRegistry registry) {
    this.cluster = cluster;
    this.answers = answers;
    id = settings.id().orElseGet(() -> host() + "-" + (port == 0 ? pid() : port));
    Gauge.builder("millrace.results.desk.partitions", this::partitions)
        .description("Partitions of training requests that are assigned to this service")
        .register(registry);
  }

  void start(@Observes StartupEvent event) {
    thread.setDaemon(true);
    thread.start();
  }

  void stop(@Observes ShutdownEvent event) {
    stopping.countDown();
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!isStopping()) {
      try (Admin admin = cluster.settings().admin()) {
        try (var opened =
            new AdmissionSession(
                cluster.settings(),
                id,
                cluster.id(),
                new StartingPoint(admin),
                answers,
                this::isStopping)) {
          session = opened;
          trouble = "";
          opened.serve();
        }
      } catch (KafkaException e) {
        retryAfter(e.getMessage());
      } catch (RuntimeException | LinkageError e) {
        LOG.error("admission failed unexpectedly", e);
        retryAfter(e.toString());
      } finally {
        session = null;
      }
    }
  }

  private void retryAfter(String reason) {
    trouble = reason;
    if (!isStopping()) {
      LOG.warnf("requests cannot be answered: %s; retrying", reason);
    }
    try {
      stopping.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  private int partitions() {
    AdmissionSession open = session;
    return open == null ? 0 : open.partitions();
  }

  /** Ready while partitions are assigned. With more services than partitions, some have none. */
  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("desk")
        .status(partitions() > 0)
        .withData("partitions", partitions())
        .withData("trouble", trouble)
        .build();
  }

  /** Part of the id of a service that listens on a random port. */
  private static long pid() {
    return ProcessHandle.current().pid();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "results";
    }
  }
}
