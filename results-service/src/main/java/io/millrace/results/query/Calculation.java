package io.millrace.results.query;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;

/** Work of some milliseconds, for which no event loop is held up. */
public final class Calculation {
  private Calculation() {}

  /** Done on a worker thread; the result comes on the caller's context. */
  public static <T> Uni<T> of(Callable<T> work) {
    return Uni.createFrom()
        .completionStage(
            () -> Vertx.currentContext().executeBlocking(work, false).toCompletionStage());
  }
}
