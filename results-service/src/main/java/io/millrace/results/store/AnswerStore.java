package io.millrace.results.store;

import io.millrace.contracts.event.SampleAnswers;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads what runs' models said of each test sample. */
@ApplicationScoped
public class AnswerStore {
  private static final String PACKED =
      """
      select e.run_id, e.answers
      from json_array_elements_text(cast(cast(:runs as text) as json)) with ordinality
           as r(id, ordinal)
      join evaluation e on e.run_id = cast(r.id as bigint)
      where e.answers is not null
      order by r.ordinal
      """;

  /**
   * Packed answers, {@link SampleAnswers#read} unpacks them: at most 5 bytes a sample. A run that
   * has none is left out.
   *
   * @param runIds their {@link Run#id}, in whose order the answers come
   */
  public Uni<Map<Long, byte[]>> packed(List<Long> runIds) {
    return Sessions.with(
            session ->
                session
                    .createNativeQuery(PACKED, Object[].class)
                    .setParameter("runs", runIds.toString())
                    .getResultList())
        .map(
            rows -> {
              var packed = new LinkedHashMap<Long, byte[]>();
              rows.forEach(row -> packed.put(((Number) row[0]).longValue(), (byte[]) row[1]));
              return packed;
            });
  }
}
