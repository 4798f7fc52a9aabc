package io.millrace.trainer;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.TraceHeaders;
import io.millrace.trainer.network.NetworkFactory;
import io.millrace.trainer.training.Planner;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import java.time.Clock;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/**
 * Starts the trainer of this Quarkus application from its configuration, reports its health, and
 * closes it.
 */
@ApplicationScoped
public class TrainerService {
  private final Trainer trainer;

  TrainerService(
      TrainerSettings settings,
      Config config,
      @ConfigProperty(name = "millrace.kafka.replication-factor") Optional<Short> replicationFactor,
      NetworkFactory networks,
      Planner planner,
      MeterRegistry registry,
      Tracer tracer,
      @ConfigProperty(name = "quarkus.otel.sdk.disabled") boolean untraced) {
    trainer =
        new Trainer(
            settings,
            KafkaSettings.of(
                config.getPropertyNames(),
                name -> config.getOptionalValue(name, String.class),
                replicationFactor),
            networks,
            planner,
            registry,
            untraced ? TraceHeaders.untraced() : tracer,
            Clock.systemUTC());
  }

  void start(@Observes StartupEvent event) {
    trainer.start();
  }

  void stop(@Observes ShutdownEvent event) {
    trainer.close();
  }

  /** Ready while the trainer takes requests from the queue. */
  @Produces
  @Readiness
  HealthCheck queue() {
    return () ->
        HealthCheckResponse.named("training queue")
            .status(trainer.isReady())
            .withData("busy", trainer.isBusy())
            .withData("trouble", trainer.trouble())
            .build();
  }

  /** Not alive when a run hangs and the queue has left it to other trainers. */
  @Produces
  @Liveness
  HealthCheck alive() {
    return () -> HealthCheckResponse.named("trainer").status(trainer.isAlive()).build();
  }
}
