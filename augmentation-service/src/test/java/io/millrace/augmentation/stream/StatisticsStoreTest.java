package io.millrace.augmentation.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.augmentation.transform.FeatureStatistics;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StatisticsStoreTest {
  private final StatisticsStore store = StatisticsStore.alone();
  private final AtomicInteger fits = new AtomicInteger();

  private FeatureStatistics fit(int matrix) {
    fits.incrementAndGet();
    return new FeatureStatistics(new double[1], new double[1], new float[matrix]);
  }

  @Test
  void concurrentRequestsShareOneFit() throws Exception {
    var begun = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    var first =
        CompletableFuture.supplyAsync(
            () ->
                store.of(
                    "key",
                    () -> {
                      begun.countDown();
                      await(mayEnd);
                      return fit(1);
                    }));
    begun.await();
    var second = CompletableFuture.supplyAsync(() -> store.of("key", () -> fit(1)));
    mayEnd.countDown();
    assertThat(second.get()).isSameAs(first.get());
    assertThat(fits).hasValue(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aFailedFitIsNotAnnouncedAndIsTriedAgain() {
    var announced = new ArrayList<String>();
    store.announceTo((key, statistics) -> announced.add(key));
    assertThatThrownBy(
            () ->
                store.of(
                    "key",
                    () -> {
                      throw new InvalidMessageException("dataset.name", "is broken");
                    }))
        .isInstanceOf(InvalidMessageException.class);
    assertThat(announced).isEmpty();
    store.of("key", () -> fit(1));
    assertThat(announced).containsExactly("key");
  }

  @Test
  void theLeastRecentlyUsedStatisticsAreEvicted() {
    int third = 9 << 20; // 36 MiB: two of three stay.
    store.of("first", () -> fit(third));
    store.of("second", () -> fit(third));
    store.of("first", () -> fit(third));
    store.of("third", () -> fit(third));
    assertThat(fits).hasValue(3);
    store.of("first", () -> fit(third));
    assertThat(fits).hasValue(3);
    store.of("second", () -> fit(third));
    assertThat(fits).hasValue(4);
  }
}
