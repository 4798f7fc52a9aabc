package io.millrace.augmentation.intake;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive as long as something waits for the broker or watches it. */
@Liveness
class LivenessOfIntake implements HealthCheck {
  private final TaskIntake intake;

  LivenessOfIntake(TaskIntake intake) {
    this.intake = intake;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("intake").status(intake.isAlive()).build();
  }
}
