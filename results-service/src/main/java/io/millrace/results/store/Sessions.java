package io.millrace.results.store;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;

/** Sessions for who reads. */
public final class Sessions {
  private Sessions() {}

  /** What the work comes to, in the session of the current context, or else in one of its own. */
  public static <T> Uni<T> with(Function<Mutiny.Session, Uni<? extends T>> work) {
    return Panache.withSession(() -> Panache.getSession().chain(work));
  }
}
