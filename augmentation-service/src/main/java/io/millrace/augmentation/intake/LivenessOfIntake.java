package io.millrace.augmentation.intake;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive as long as the thread that connects to the broker or watches it is running. */
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
