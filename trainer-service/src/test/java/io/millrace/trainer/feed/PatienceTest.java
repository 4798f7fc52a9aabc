package io.millrace.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatienceTest {
  private final FeedLimits limits =
      new FeedLimits(8, 1 << 20, 2, 0, Duration.ofSeconds(60), Duration.ofHours(1));

  /** The clock may start at any value and overflow, like {@link System#nanoTime}. */
  private long now = Long.MAX_VALUE - 5;

  private void after(Duration time) {
    now += time.toNanos();
  }

  private Patience begun() {
    return new Patience(limits, () -> now);
  }

  @Test
  void theWaitBetweenRepeatedRequestsGrowsToHalfAnHour() {
    Patience patience = begun();
    var asked = new ArrayList<Long>();
    for (long second = 1; second <= 5 * 3_600; second++) {
      after(Duration.ofSeconds(1));
      if (patience.isLate()) {
        asked.add(second);
      }
    }

    assertThat(asked).startsWith(60L, 180L, 420L, 900L, 1_860L, 3_660L);
    assertThat(differences(asked)).allMatch(wait -> wait <= 1_800);
  }

  private static List<Long> differences(List<Long> times) {
    var waits = new ArrayList<Long>();
    for (int i = 1; i < times.size(); i++) {
      waits.add(times.get(i) - times.get(i - 1));
    }
    return waits;
  }

  @Test
  void silenceStartsAtTheLastArrivalButNotBeforeTheWaitBegan() {
    long before = now - Duration.ofDays(1).toNanos();
    Patience patience = begun();
    after(Duration.ofMinutes(10));
    assertThat(patience.silence(before)).isEqualTo(Duration.ofMinutes(10));
    assertThat(patience.isSilent(before)).isFalse();

    after(Duration.ofSeconds(1));
    assertThat(patience.isSilent(before)).isTrue();
    assertThat(patience.isSilent(now)).isFalse();
    assertThat(patience.isOver(before)).isFalse();

    after(Duration.ofHours(1));
    assertThat(patience.isOver(before)).isTrue();
  }

  @Test
  void silenceIsReportedAtTheLatestWhenTheTrainerGivesUp() {
    var hasty = new FeedLimits(8, 1, 1, 0, Duration.ofSeconds(1), Duration.ofSeconds(5));

    assertThat(hasty.reportAfter()).isEqualTo(Duration.ofSeconds(5));
    assertThat(limits.reportAfter()).isEqualTo(Duration.ofMinutes(10));
  }
}
