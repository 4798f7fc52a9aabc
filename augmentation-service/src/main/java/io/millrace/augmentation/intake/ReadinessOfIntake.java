package io.millrace.augmentation.intake;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the broker is available and every worker takes tasks. */
@Readiness
class ReadinessOfIntake implements HealthCheck {
  private final TaskIntake intake;

  ReadinessOfIntake(TaskIntake intake) {
    this.intake = intake;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("queue of tasks").status(intake.isReady()).build();
  }
}
