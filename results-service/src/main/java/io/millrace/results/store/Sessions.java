package io.millrace.results.store;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;

/** Sessions for queries. */
public final class Sessions {
  private Sessions() {}

  /** The result of the work, in the session of the current context, or else in a new one. */
  public static <T> Uni<T> with(Function<Mutiny.Session, Uni<? extends T>> work) {
    return Panache.withSession(() -> Panache.getSession().chain(work));
  }
}
