package io.millrace.results.store;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;

/** Database sessions for queries. */
public final class Sessions {
  private Sessions() {}

  /**
   * Runs the work in the session of the current context, or otherwise in a new one.
   *
   * <p>A new session may have waited for a connection of the pool, and then continues without the
   * context that it is bound to. So the work returns to that context first.
   */
  public static <T> Uni<T> with(Function<Mutiny.Session, Uni<? extends T>> work) {
    return Uni.createFrom()
        .deferred(
            () -> {
              Context context = Vertx.currentContext();
              return Panache.withSession(
                  () -> on(context).chain(() -> Panache.getSession()).chain(work));
            });
  }

  private static Uni<Void> on(Context context) {
    return Vertx.currentContext() == context
        ? Uni.createFrom().voidItem()
        : Uni.createFrom()
            .emitter(emitter -> context.runOnContext(ignored -> emitter.complete(null)));
  }
}
