package io.millrace.results.run;

import io.millrace.contracts.json.Messages;
import io.millrace.results.request.FieldPath;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Adds values of the requests to a page of runs. */
final class RunValues {
  /** Longer values become shortened text. */
  private static final int MAX_VALUE = 2_000;

  private static final String VALUES =
      """
      select r.run, c.field, cast(v.value as text)
      from json_array_elements_text(cast(cast(:runs as text) as json)) as n(run)
      join run r on r.run = n.run and r.request is not null
      cross join json_to_recordset(cast(cast(:columns as text) as json))
                 as c(place integer, field text, path text, schedule text)
      cross join lateral (
        select coalesce(case when c.schedule is not null
                        then r.request #> cast(c.schedule as text[]) end,
                        r.request #> cast(c.path as text[])) as whole
        offset 0) as w
      cross join lateral (
        select case when length(cast(w.whole as text)) <= :most then w.whole
               else to_json(left(cast(w.whole as text), 77) || '...') end as value) as v
      where json_typeof(w.whole) <> 'null'
        and (c.schedule is null or json_typeof(w.whole) = 'number')
      order by c.place
      """;

  private RunValues() {}

  private record Column(int place, String field, String path, String schedule) {
    static Column of(int place, FieldPath path) {
      return new Column(place, path.text(), path.array(), path.scheduleArray());
    }
  }

  /** The page with the values of the given fields. */
  static Uni<RunPage> in(RunPage page, List<FieldPath> columns) {
    if (columns.isEmpty() || page.runs().isEmpty()) {
      return Uni.createFrom().item(page);
    }
    List<Column> requested =
        IntStream.range(0, columns.size()).mapToObj(i -> Column.of(i, columns.get(i))).toList();
    return Sessions.with(
            session ->
                session
                    .createNativeQuery(VALUES, Object[].class)
                    .setParameter(
                        "runs", Messages.text(page.runs().stream().map(RunSummary::run).toList()))
                    .setParameter("columns", Messages.text(requested))
                    .setParameter("most", MAX_VALUE)
                    .getResultList())
        .map(rows -> with(page, rows));
  }

  private static RunPage with(RunPage page, List<Object[]> rows) {
    Map<String, Map<String, Object>> values = new HashMap<>();
    rows.forEach(
        row ->
            values
                .computeIfAbsent((String) row[0], run -> new LinkedHashMap<>())
                .put((String) row[1], value((String) row[2])));
    return new RunPage(
        page.runs().stream()
            .map(run -> run.with(values.getOrDefault(run.run(), Map.of())))
            .toList(),
        page.next(),
        page.states(),
        page.columns());
  }

  private static Object value(String json) {
    return Messages.read(("[" + json + "]").getBytes(StandardCharsets.UTF_8), List.class).get(0);
  }
}
