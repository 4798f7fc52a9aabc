package io.millrace.trainer.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class TroubleTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Trouble trouble = new Trouble(registry);

  private double of(String kind) {
    return registry.get("millrace.trainer.trouble").tag("kind", kind).gauge().value();
  }

  @Test
  void troubleIsReportedAndMeasuredUntilItIsOver() {
    assertThat(trouble.now()).isEmpty();

    trouble.report(Trouble.Kind.STORE, "full");
    trouble.report(Trouble.Kind.STORE, "still full");

    assertThat(trouble.now()).contains("still full");
    assertThat(of("store")).isEqualTo(1);
    assertThat(of("kafka")).isZero();
    trouble.over(Trouble.Kind.STORE);
    trouble.over(Trouble.Kind.STORE);
    assertThat(trouble.now()).isEmpty();
    assertThat(of("store")).isZero();
  }
}
