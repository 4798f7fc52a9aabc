package io.millrace.results.store;

import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Supplier;

/**
 * Runs database work on a new Vert.x context. A Hibernate session is bound to a context, and only
 * HTTP requests have one.
 */
@ApplicationScoped
public class FreshContext {
  private final Vertx vertx;

  FreshContext(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * The result of the work, with a new context for each subscription. Work that has started runs to
   * its end even if the subscriber cancels, because an interrupted session would keep its
   * connection.
   */
  public <T> Uni<T> call(Supplier<Uni<? extends T>> work) {
    return Uni.createFrom()
        .emitter(
            waiting -> {
              Context context = VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext());
              VertxContextSafetyToggle.setContextSafe(context, true);
              context.runOnContext(
                  ignored ->
                      Uni.createFrom()
                          .<T>deferred(work)
                          .subscribe()
                          .with(waiting::complete, waiting::fail));
            });
  }
}
