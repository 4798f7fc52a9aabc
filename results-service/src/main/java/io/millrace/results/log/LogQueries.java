package io.millrace.results.log;

import io.millrace.results.query.UnknownException;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;

/** Queries on the log of runs. */
@ApplicationScoped
public class LogQueries {
  private static final String ENTRIES =
      """
      select new io.millrace.results.log.LogPage$Entry(e.id, r.run, e.at, e.type, e.text, e.body)
      from RunEvent e join Run r on r.id = e.runId
      where e.id > :after and %s
      order by e.id
      """;

  private static final String OF_RUN = ENTRIES.formatted("r.run = :name");
  private static final String OF_EXPERIMENT = ENTRIES.formatted("r.experiment = :name");

  private static final String LAST_OF_RUN =
      """
      select r.run, coalesce((select max(e.id) from RunEvent e where e.runId = r.id), 0), r.stepsDone
      from Run r where r.run = :name
      """;

  private static final String LAST = "select coalesce(max(e.id), 0) from RunEvent e";
  private static final String KNOWN = "select count(r) from Run r where r.experiment = :name";

  /**
   * The current end of a run's log and losses.
   *
   * @param log the id of the last log entry; 0 if there is none
   * @param steps the steps so far
   */
  public record Reached(long log, long steps) {}

  /**
   * A page of a run's log.
   *
   * @param after the id of the entry before the page
   * @return fails with {@link UnknownException} if the run does not exist
   */
  public Uni<LogPage> page(String run, long after, int limit) {
    return reached(run)
        .chain(known -> ofRun(run, after, limit + 1))
        .map(
            found ->
                found.size() <= limit
                    ? new LogPage(found, null)
                    : new LogPage(
                        found.subList(0, limit), Long.toString(found.get(limit - 1).id())));
  }

  /**
   * The current end of a run's log and losses.
   *
   * @return fails with {@link UnknownException} if the run does not exist
   */
  public Uni<Reached> reached(String run) {
    return select(LAST_OF_RUN, Object[].class, Map.of("name", run), 1)
        .map(
            rows -> {
              if (rows.isEmpty()) {
                throw UnknownException.ofRun(run);
              }
              Object[] row = rows.get(0);
              return new Reached((Long) row[1], (Long) row[2]);
            });
  }

  /**
   * The id of the last entry of all logs, as the start of an experiment's event stream.
   *
   * @return fails with {@link UnknownException} if the experiment does not exist
   */
  public Uni<Long> last(String experiment) {
    return select(KNOWN, Long.class, Map.of("name", experiment), 1)
        .chain(
            count -> {
              if (count.get(0) == 0) {
                throw UnknownException.ofExperiment(experiment);
              }
              return select(LAST, Long.class, Map.of(), 1);
            })
        .map(last -> last.get(0));
  }

  /** A run's entries after a given one, at most {@code limit}. */
  public Uni<List<LogPage.Entry>> ofRun(String run, long after, int limit) {
    return select(OF_RUN, LogPage.Entry.class, Map.of("name", run, "after", after), limit);
  }

  /** An experiment's entries after a given one, at most {@code limit}. */
  public Uni<List<LogPage.Entry>> ofExperiment(String experiment, long after, int limit) {
    return select(
        OF_EXPERIMENT, LogPage.Entry.class, Map.of("name", experiment, "after", after), limit);
  }

  private static <T> Uni<List<T>> select(
      String query, Class<T> type, Map<String, Object> parameters, int limit) {
    return Sessions.with(
        session -> {
          var selection = session.createSelectionQuery(query, type);
          parameters.forEach(selection::setParameter);
          return selection.setMaxResults(limit).getResultList();
        });
  }
}
