package io.millrace.trainer.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.trainer.events.Trouble;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EnduranceTest {
  private static final Fault REFUSED = new Fault(Trouble.Kind.STORE, true, "no space left");
  private static final Fault AWAY = new Fault(Trouble.Kind.KAFKA, false, "away");

  private long now = 17;
  private final Endurance endurance = new Endurance(Duration.ofMinutes(5), () -> now);

  private void after(Duration time) {
    now += time.toNanos();
  }

  @Test
  void aRefusalIsToleratedForFiveMinutesAndNoLonger() {
    assertThat(endurance.isOverAfter(REFUSED)).isFalse();
    after(Duration.ofMinutes(4));
    assertThat(endurance.isOverAfter(REFUSED)).isFalse();
    after(Duration.ofMinutes(1));
    assertThat(endurance.isOverAfter(REFUSED)).isTrue();
  }

  @Test
  void aPassingFaultIsToleratedWithoutLimit() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(endurance.isOverAfter(AWAY)).isFalse();
      after(Duration.ofMinutes(1));
    }
  }

  @Test
  void aRefusalHoursLaterCountsAsANewOne() {
    endurance.isOverAfter(REFUSED);
    after(Duration.ofHours(3));

    assertThat(endurance.isOverAfter(REFUSED)).isFalse();
    assertThat(endurance.nextPause()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void pausesGrowUpToHalfAMinute() {
    for (int seconds : new int[] {3, 6, 12, 24, 30, 30}) {
      assertThat(endurance.nextPause()).isEqualTo(Duration.ofSeconds(seconds));
    }
  }
}
