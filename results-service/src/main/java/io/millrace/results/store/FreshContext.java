package io.millrace.results.store;

import io.quarkus.vertx.core.runtime.context.VertxContextSafetyToggle;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Supplier;

/**
 * Asks the database on a Vert.x context of its own: a Hibernate session is bound to one, and what
 * is no HTTP request has none.
 */
@ApplicationScoped
public class FreshContext {
  private final Vertx vertx;

  FreshContext(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * What the work comes to; a context for each subscription. Once begun it goes on to its end, also
   * where nobody waits for it any longer: a session that is left in the middle keeps its
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
