package io.millrace.results.experiment;

import io.millrace.results.adaptive.PlanView;
import io.millrace.results.adaptive.SearchView;
import io.millrace.results.query.Calculation;
import io.millrace.results.query.Cells;
import io.millrace.results.query.RecentAnswers;
import io.millrace.results.query.UnknownException;
import io.millrace.results.request.RequestChanges;
import io.millrace.results.request.RequestFields;
import io.millrace.results.request.RequestText;
import io.millrace.results.request.ValueText;
import io.millrace.results.run.Archived;
import io.millrace.results.run.KnownMetrics;
import io.millrace.results.sampling.Significant;
import io.millrace.results.statistics.Direction;
import io.millrace.results.statistics.Importance;
import io.millrace.results.store.RunState;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Queries on the request fields that differ between an experiment's runs, and their effect on a
 * metric.
 */
@ApplicationScoped
public class ExperimentParameterQueries {
  private static final int MAX_POINTS = 2_000;
  private static final int MAX_PARAMETERS = 100;

  /** The maximum size of the requests that are read, in characters. */
  private static final int MAX_CHARACTERS = 16 << 20;

  private static final double LOG_SPAN = 30;

  /** The newest runs, with their requests up to a total size. */
  private static final String RUNS =
      """
      select r.run, r.variant, r.seed, r.state, r.trial, r.request_resolved,
             case when r.characters <= :most then r.text end, m.value
      from (select newest.*,
                   sum(length(text)) over (order by created_at desc, run desc) as characters
            from (select id, run, variant, seed, state, trial, request_resolved, created_at,
                         cast(request as text) as text
                  from run
                  where experiment = :experiment and state <> 'REJECTED' and request is not null
                    and (cast(:archived as boolean) is null or archived = :archived)
                  order by created_at desc, run desc
                  limit :limit) as newest) as r
      left join run_metric m
        on m.run_id = r.id and m.name = :metric and r.state = 'COMPLETED'
      order by r.created_at desc, r.run desc
      """;

  private final RecentAnswers recent;

  ExperimentParameterQueries(RecentAnswers recent) {
    this.recent = recent;
  }

  /**
   * The parameters of a query.
   *
   * @param metric null means the experiment's metric
   * @param archived how archived runs are treated
   */
  public record Question(String experiment, String metric, Archived archived) {}

  private record Known(String metric, PlanView plan, List<Object[]> rows) {}

  private record RequestedRun(
      ExperimentParameters.Point point, RequestChanges.Request request, Double value) {}

  /**
   * The parameters of an experiment.
   *
   * @return fails with {@link UnknownException} if the experiment does not exist
   */
  public Uni<ExperimentParameters> parameters(Question question) {
    return recent.to(
        question,
        () ->
            Sessions.with(session -> known(session, question))
                .chain(known -> Calculation.of(() -> view(question, known))));
  }

  private static Uni<Known> known(Mutiny.Session session, Question question) {
    Uni<Void> checked =
        question.metric() == null
            ? Uni.createFrom().voidItem()
            : KnownMetrics.ofExperiment(question.experiment()).check(question.metric());
    return checked
        .chain(() -> PlanView.of(session, question.experiment()))
        .chain(
            plan ->
                ExperimentQueries.judge(
                        session,
                        question.experiment(),
                        question.metric(),
                        plan,
                        question.archived())
                    .chain(metric -> known(session, question, plan, metric)));
  }

  private static Uni<Known> known(
      Mutiny.Session session, Question question, PlanView plan, String metric) {
    return session
        .createNativeQuery(RUNS, Object[].class)
        .setParameter("experiment", question.experiment())
        .setParameter("archived", question.archived().flag())
        .setParameter("metric", metric)
        .setParameter("most", MAX_CHARACTERS)
        .setParameter("limit", MAX_POINTS + 1)
        .getResultList()
        .call(
            rows ->
                ExperimentQueries.rejected(
                    session,
                    question.experiment(),
                    question.archived(),
                    rows.isEmpty() && !(plan instanceof SearchView)))
        .map(rows -> new Known(metric, plan, rows));
  }

  private static ExperimentParameters view(Question question, Known known) {
    Map<String, SearchTable.Trial> trials =
        known.plan() instanceof SearchView search
            ? SearchTable.of(search).trials().stream()
                .filter(trial -> trial.run() != null)
                .collect(Collectors.toMap(SearchTable.Trial::run, trial -> trial))
            : Map.of();
    List<RequestedRun> runs = new ArrayList<>();
    known.rows().stream()
        .limit(MAX_POINTS)
        .filter(row -> row[6] != null)
        .forEach(row -> runs.add(requestedRun(row, trials)));
    Collections.reverse(runs);
    RequestFields.Found found = RequestFields.of(runs.stream().map(RequestedRun::request).toList());
    List<RequestFields.Field> varying =
        found.fields().stream().filter(RequestFields.Field::varies).toList();
    List<ExperimentParameters.Swept> swept =
        varying.stream()
            .map(field -> swept(field, runs))
            .sorted(
                Comparator.comparing(
                    (ExperimentParameters.Swept one) ->
                        one.importance() == null ? -1 : one.importance().doubleValue(),
                    Comparator.reverseOrder()))
            .limit(MAX_PARAMETERS)
            .toList();
    Map<String, RequestFields.Field> byPath =
        varying.stream().collect(Collectors.toMap(RequestFields.Field::path, field -> field));
    boolean truncated =
        runs.size() < known.rows().size() || found.truncated() || swept.size() < varying.size();
    return new ExperimentParameters(
        question.experiment(),
        known.metric(),
        Direction.isHigherBetter(known.metric()),
        Importance.MEASURE,
        swept,
        IntStream.range(0, runs.size())
            .mapToObj(i -> point(runs.get(i).point(), i, swept, byPath))
            .toList(),
        truncated ? true : null);
  }

  private static RequestedRun requestedRun(Object[] row, Map<String, SearchTable.Trial> trials) {
    String run = (String) row[0];
    SearchTable.Trial trial = trials.get(run);
    Double value = Cells.number(row[7]);
    return new RequestedRun(
        new ExperimentParameters.Point(
            run,
            (String) row[1],
            row[2] == null ? null : ((Number) row[2]).longValue(),
            RunState.valueOf((String) row[3]),
            Map.of(),
            value,
            trial == null ? null : trial.trial(),
            trial == null ? null : trial.rung(),
            trial == null ? null : trial.status()),
        new RequestChanges.Request(
            RequestText.read((String) row[6]), (Boolean) row[5], (Boolean) row[4]),
        value);
  }

  private static ExperimentParameters.Swept swept(
      RequestFields.Field field, List<RequestedRun> runs) {
    int[] measured =
        IntStream.range(0, runs.size()).filter(i -> runs.get(i).value() != null).toArray();
    List<Object> values = new ArrayList<>();
    for (int i : measured) {
      values.add(RequestFields.key(field.values().get(i)));
    }
    double[] metric = IntStream.of(measured).mapToDouble(i -> runs.get(i).value()).toArray();
    Double importance = Importance.of(values, metric);
    return new ExperimentParameters.Swept(
        field.path(),
        scale(field),
        importance == null ? null : Significant.number(importance),
        field.distinct());
  }

  private static ExperimentParameters.Scale scale(RequestFields.Field field) {
    if (!field.isNumber()) {
      return ExperimentParameters.Scale.CATEGORY;
    }
    var numbers =
        field.values().stream()
            .filter(value -> value != null)
            .mapToDouble(value -> ((Number) value).doubleValue())
            .summaryStatistics();
    return numbers.getMin() > 0 && numbers.getMax() >= LOG_SPAN * numbers.getMin()
        ? ExperimentParameters.Scale.LOG
        : ExperimentParameters.Scale.LINEAR;
  }

  private static ExperimentParameters.Point point(
      ExperimentParameters.Point run,
      int i,
      List<ExperimentParameters.Swept> swept,
      Map<String, RequestFields.Field> fields) {
    var values = new LinkedHashMap<String, Object>();
    swept.forEach(
        parameter -> {
          Object value = fields.get(parameter.field()).values().get(i);
          if (value != null) {
            values.put(parameter.field(), ValueText.bounded(value));
          }
        });
    return new ExperimentParameters.Point(
        run.run(),
        run.variant(),
        run.seed(),
        run.state(),
        values,
        run.value(),
        run.trial(),
        run.rung(),
        run.status());
  }
}
