package io.millrace.results.store;

import io.smallrye.mutiny.Uni;
import org.hibernate.reactive.mutiny.Mutiny;

/** The table of users' notes on experiments. All methods use the caller's session. */
public final class ExperimentNotes {
  private static final String OF =
      "select note from experiment_note where experiment = :experiment";

  private static final String PUT =
      """
      insert into experiment_note (experiment, note)
      values (:experiment, :note)
      on conflict (experiment) do update set note = excluded.note
      """;

  private static final String FORGET = "delete from experiment_note where experiment = :experiment";

  private ExperimentNotes() {}

  /** The note of an experiment; null if it has none. */
  public static Uni<String> of(Mutiny.QueryProducer session, String experiment) {
    return session
        .createNativeQuery(OF, String.class)
        .setParameter("experiment", experiment)
        .getSingleResultOrNull();
  }

  /** Sets or replaces the note of an experiment. */
  public static Uni<Integer> put(Mutiny.QueryProducer session, String experiment, String note) {
    return session
        .createNativeQuery(PUT)
        .setParameter("experiment", experiment)
        .setParameter("note", note)
        .executeUpdate();
  }

  /** Deletes the note of an experiment. */
  public static Uni<Integer> forget(Mutiny.QueryProducer session, String experiment) {
    return session.createNativeQuery(FORGET).setParameter("experiment", experiment).executeUpdate();
  }
}
