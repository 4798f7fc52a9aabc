package io.millrace.results.store;

import io.millrace.contracts.json.Messages;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/** The table of deleted runs. */
@ApplicationScoped
public class Tombstones {
  private static final String OF =
      """
      select d.run, d.at, exists (select from run as r where r.run = d.run)
      from deleted_run as d
      where d.run in (select json_array_elements_text(cast(cast(:runs as text) as json)))
      """;

  private final Mutiny.SessionFactory sessions;

  Tombstones(Mutiny.SessionFactory sessions) {
    this.sessions = sessions;
  }

  /**
   * A deletion.
   *
   * @param at the broker's time of its event
   * @param isRecreated whether a run with this id exists again
   */
  public record Tombstone(Instant at, boolean isRecreated) {}

  /** The deletions of the given runs. Has to be subscribed to on a context of its own. */
  public Uni<Map<String, Tombstone>> of(Collection<String> runs) {
    return sessions.withStatelessSession(session -> of(session, runs));
  }

  /** The deletions of the given runs, in the caller's session. */
  public static Uni<Map<String, Tombstone>> of(
      Mutiny.StatelessSession session, Collection<String> runs) {
    return session
        .createNativeQuery(OF, Object[].class)
        .setParameter("runs", Messages.text(runs))
        .getResultList()
        .map(
            rows ->
                rows.stream()
                    .collect(
                        Collectors.toMap(
                            row -> (String) row[0],
                            row -> new Tombstone(time(row[1]), (Boolean) row[2]))));
  }

  private static Instant time(Object column) {
    return column instanceof Instant instant ? instant : ((OffsetDateTime) column).toInstant();
  }
}
