package io.millrace.results.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Answers that are dear, for a second: of many readers who ask the same at once, or again and
 * again, one pays. At most 200 are kept.
 */
@ApplicationScoped
public class RecentAnswers {
  private static final Duration AGE = Duration.ofSeconds(1);
  private static final int MOST = 200;

  private final Cache<Object, Uni<?>> answers =
      Caffeine.newBuilder().expireAfterWrite(AGE).maximumSize(MOST).build();

  /**
   * The answer to a question. One that failed is not kept.
   *
   * @param question a record of all that the answer depends on; its class is the answer's
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
