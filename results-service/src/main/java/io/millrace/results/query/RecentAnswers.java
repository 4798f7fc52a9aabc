package io.millrace.results.query;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
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
   * <p>Each reader gets the answer on its own Vert.x context. A database session belongs to a
   * context; readers that continued on the context of the first one would close each other's
   * session.
   *
   * @param question a record of everything that the answer depends on, with its own class per type
   *     of answer
   */
  public <T> Uni<T> to(Record question, Supplier<Uni<T>> make) {
    return Uni.createFrom()
        .deferred(
            () -> {
              Context reader = Vertx.currentContext();
              Uni<T> answer = cached(question, make);
              return reader == null
                  ? answer
                  : answer.emitOn(task -> reader.runOnContext(ignored -> task.run()));
            });
  }

  @SuppressWarnings("unchecked")
  private <T> Uni<T> cached(Record question, Supplier<Uni<T>> make) {
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
