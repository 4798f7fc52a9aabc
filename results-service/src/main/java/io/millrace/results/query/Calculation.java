package io.millrace.results.query;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;

/** Runs work of a few milliseconds off the event loop. */
public final class Calculation {
  private Calculation() {}

  /** Runs on a worker thread and delivers the result on the caller's context. */
  public static <T> Uni<T> of(Callable<T> work) {
    return Uni.createFrom()
        .completionStage(
            () -> Vertx.currentContext().executeBlocking(work, false).toCompletionStage());
  }
}
