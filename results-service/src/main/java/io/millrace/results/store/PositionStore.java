package io.millrace.results.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.contracts.json.Messages;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/** The table of ingest positions: the offsets up to which records are in the tables. */
@ApplicationScoped
public class PositionStore {
  private static final String READ =
      "select partition, next_offset from ingest_position where topic = :topic";

  private static final String WRITE =
      """
      insert into ingest_position as p (topic, partition, next_offset)
      select e.topic, e.partition, e.next_offset
      from json_to_recordset(cast(cast(:document as text) as json))
           as e(topic text, partition integer, next_offset bigint)
      order by e.topic, e.partition
      on conflict (topic, partition) do update set next_offset = excluded.next_offset
      where p.next_offset < excluded.next_offset
      """;

  private final Mutiny.SessionFactory sessions;

  PositionStore(Mutiny.SessionFactory sessions) {
    this.sessions = sessions;
  }

  /** The offset after the last ingested record of a partition. */
  public record Position(
      String topic, int partition, @JsonProperty("next_offset") long nextOffset) {}

  /** The next offset to ingest, for each partition of a topic. */
  public Uni<Map<Integer, Long>> read(String topic) {
    return sessions.withStatelessSession(
        session ->
            session
                .createNativeQuery(READ, Object[].class)
                .setParameter("topic", topic)
                .getResultList()
                .map(
                    rows ->
                        rows.stream()
                            .collect(
                                Collectors.toMap(
                                    row -> ((Number) row[0]).intValue(),
                                    row -> ((Number) row[1]).longValue()))));
  }

  /** Stores reached positions; a position below the stored one changes nothing. */
  public Uni<Integer> write(List<Position> positions) {
    return sessions.withStatelessTransaction(
        session ->
            session
                .createNativeQuery(WRITE)
                .setParameter("document", Messages.text(positions))
                .executeUpdate());
  }
}
