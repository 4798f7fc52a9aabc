package io.millrace.results.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Caches expensive answers for one second, so that many readers with the same question cost one
 * query. At most 200 are cached.
 */
@ApplicationScoped
public class RecentAnswers {
  private static final Duration AGE = Duration.ofSeconds(1);
  private static final int MOST = 200;

  private final Cache<Object, Uni<?>> answers =
      Caffeine.newBuilder().expireAfterWrite(AGE).maximumSize(MOST).build();

  /**
   * The answer to a question, from the cache if possible. Failures are not cached.
   *
   * @param question a record of everything that the answer depends on, with its own class per type
   *     of answer
   */
  @SuppressWarnings("unchecked")
  public <T> Uni<T> to(Record question, Supplier<Uni<T>> make) {
    return (Uni<T>)
        answers.get(
            question,
            key ->
                make.get()
                    .onFailure()
                    .invoke(() -> answers.invalidate(key))
                    .memoize()
                    .indefinitely());
  }
}
