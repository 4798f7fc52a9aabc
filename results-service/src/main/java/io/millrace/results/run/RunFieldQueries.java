package io.millrace.results.run;

import io.millrace.contracts.json.Messages;
import io.millrace.results.query.Calculation;
import io.millrace.results.query.RecentAnswers;
import io.millrace.results.request.RequestChanges;
import io.millrace.results.request.RequestFields;
import io.millrace.results.request.RequestText;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Comparator;
import java.util.List;
import org.hibernate.reactive.mutiny.Mutiny;

/** Finds the fields and metrics by which runs can be listed, filtered and sorted. */
@ApplicationScoped
public class RunFieldQueries {
  private static final int MAX_RUNS = 500;
  private static final int MAX_FIELDS = 500;
  private static final int MAX_METRICS = 200;

  /** The maximum size of the requests that are read, in characters. */
  private static final int MAX_CHARACTERS = 16 << 20;

  /** The newest runs, with their requests up to a total size. */
  private static final String RUNS =
      """
      select r.id, r.request_resolved, case when r.characters <= :most then r.text end
      from (select newest.*,
                   sum(length(text)) over (order by created_at desc, run desc) as characters
            from (select id, run, request_resolved, created_at, cast(request as text) as text
                  from run
                  where (cast(:experiment as text) is null or experiment = :experiment)
                    and state <> 'REJECTED' and request is not null and not archived
                  order by created_at desc, run desc
                  limit :limit) as newest) as r
      order by r.created_at desc, r.run desc
      """;

  private static final String METRICS =
      """
      select distinct m.name
      from json_array_elements_text(cast(cast(:runs as text) as json)) as n(id)
      join run_metric as m on m.run_id = cast(n.id as bigint)
      order by m.name
      """;

  private final RecentAnswers recent;

  RunFieldQueries(RecentAnswers recent) {
    this.recent = recent;
  }

  private record Question(String experiment) {}

  private record Known(List<Object[]> rows, List<String> metrics) {}

  /**
   * The fields and metrics of the newest runs.
   *
   * @param experiment only this one; null means all
   */
  public Uni<RunFields> fields(String experiment) {
    return recent.to(
        new Question(experiment),
        () ->
            Sessions.with(session -> known(session, experiment))
                .chain(known -> Calculation.of(() -> view(known))));
  }

  private static Uni<Known> known(Mutiny.Session session, String experiment) {
    return session
        .createNativeQuery(RUNS, Object[].class)
        .setParameter("experiment", experiment)
        .setParameter("most", MAX_CHARACTERS)
        .setParameter("limit", MAX_RUNS + 1)
        .getResultList()
        .chain(
            rows ->
                session
                    .createNativeQuery(METRICS, String.class)
                    .setParameter("runs", ids(rows))
                    .setMaxResults(MAX_METRICS + 1)
                    .getResultList()
                    .map(metrics -> new Known(rows, metrics)));
  }

  private static String ids(List<Object[]> rows) {
    return Messages.text(rows.stream().limit(MAX_RUNS).map(row -> row[0]).toList());
  }

  private static RunFields view(Known known) {
    List<RequestChanges.Request> runs =
        known.rows().stream()
            .limit(MAX_RUNS)
            .filter(row -> row[2] != null)
            .map(
                row ->
                    new RequestChanges.Request(
                        RequestText.read((String) row[2]), (Boolean) row[1], false))
            .toList();
    RequestFields.Found found = RequestFields.of(runs);
    List<RunFields.RequestField> fields =
        found.fields().stream()
            .map(
                field ->
                    new RunFields.RequestField(
                        field.path(), kind(field), field.distinct(), field.varies()))
            .sorted(Comparator.comparing(RunFields.RequestField::varies).reversed())
            .limit(MAX_FIELDS)
            .toList();
    boolean truncated =
        runs.size() < known.rows().size()
            || found.truncated()
            || fields.size() < found.fields().size()
            || known.metrics().size() > MAX_METRICS;
    return new RunFields(
        fields,
        known.metrics().stream().limit(MAX_METRICS).toList(),
        runs.size(),
        truncated ? true : null);
  }

  private static RunFields.Kind kind(RequestFields.Field field) {
    return field.isNumber()
        ? RunFields.Kind.NUMBER
        : field.isText() ? RunFields.Kind.TEXT : RunFields.Kind.OTHER;
  }
}
