package io.millrace.results.store;

import io.millrace.contracts.event.SampleAnswers;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the predictions of runs' models for each test sample. */
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
   * Packed predictions of at most 5 bytes per sample, which {@link SampleAnswers#read} unpacks. A
   * run without predictions is left out.
   *
   * @param runIds their {@link Run#id}; the result has the same order
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
