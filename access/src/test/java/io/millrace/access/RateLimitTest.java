package io.millrace.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private final AtomicLong now = new AtomicLong();
  private final RateLimit limit = new RateLimit(2, 3, now::get);

  @Test
  void aBurstIsAllowedAndThenALimitedNumberPerSecond() {
    assertThat(allowed("a", 5)).isEqualTo(3);
    now.addAndGet(1_000_000_000);
    assertThat(allowed("a", 5)).isEqualTo(2);
    now.addAndGet(3_600_000_000_000L);
    assertThat(allowed("a", 5)).as("no more than the burst, even after a long pause").isEqualTo(3);
  }

  @Test
  void eachKeyHasItsOwnLimit() {
    assertThat(allowed("a", 5)).isEqualTo(3);
    assertThat(allowed("b", 5)).isEqualTo(3);
  }

  private int allowed(String key, int tries) {
    int allowed = 0;
    for (int i = 0; i < tries; i++) {
      allowed += limit.take(key) ? 1 : 0;
    }
    return allowed;
  }
}
