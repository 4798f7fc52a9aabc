package io.millrace.results.run;

import io.millrace.contracts.Check;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.LearningRateSchedule;
import io.millrace.results.curve.LossRows;
import io.millrace.results.curve.RunHistory;
import io.millrace.results.curve.RunLosses;
import io.millrace.results.evaluation.EvaluationView;
import io.millrace.results.experiment.VariantChanges;
import io.millrace.results.query.Cursor;
import io.millrace.results.query.UnknownException;
import io.millrace.results.request.FieldPath;
import io.millrace.results.request.RequestValue;
import io.millrace.results.store.Epoch;
import io.millrace.results.store.Evaluation;
import io.millrace.results.store.LossSeries;
import io.millrace.results.store.LossStore;
import io.millrace.results.store.Rejection;
import io.millrace.results.store.Run;
import io.millrace.results.store.RunState;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Queries on single runs and lists of runs. */
@ApplicationScoped
public class RunQueries {
  private static final int MAX_REJECTIONS = 100;

  /** The columns of a list, the queue time, and the sort key. */
  private static final String SUMMARIES =
      """
      select new io.millrace.results.run.RunSummary(
                 r.run, r.experiment, r.variant, r.seed, r.state, r.tags, r.reason, r.queuedAt,
                 r.startedAt, r.endedAt, r.epochsDone, r.epochs, r.stepsDone, r.stepsPerEpoch,
                 r.seconds, e.metrics, v.metrics, r.archived),
             %s
      from Run r
      left join Epoch e on e.runId = r.id and e.epoch = r.epochsDone - 1
      left join Evaluation v on v.runId = r.id
      """;

  private static final String BY_TIME = SUMMARIES.formatted("r.createdAt");

  /** Leaves out runs without the metric. */
  private static final String BY_METRIC =
      SUMMARIES.formatted("s.value") + " join RunMetric s on s.runId = r.id and s.name = :sort";

  private static final String COUNTS = "select r.state, count(r) from Run r";

  private final LossStore losses;

  RunQueries(LossStore losses) {
    this.losses = losses;
  }

  /** A page of runs, in the requested order. */
  public Uni<RunPage> list(RunFilter filter) {
    return RunNames.of(filter).chain(names -> list(filter, names));
  }

  private static Uni<RunPage> list(RunFilter filter, RunNames names) {
    Conditions conditions = conditions(filter, names);
    conditions.add("r.state in :", "states", filter.states().isEmpty() ? null : filter.states());
    FieldPath field = filter.sort() == null ? null : names.field(filter.sort());
    String key =
        filter.sort() == null
            ? "r.createdAt"
            : field == null
                ? "s.value"
                : names.isNumber(field) ? RequestValue.number(field) : RequestValue.text(field);
    if (field == null) {
      conditions.set("sort", filter.sort());
    } else {
      conditions.require(key);
    }
    if (filter.cursor() != null) {
      String beyond = filter.descending() ? "<" : ">";
      conditions.add(
          "(%1$s %2$s :key or %1$s = :key and r.run %2$s :run)".formatted(key, beyond),
          filter.sort() == null
              ? Cursor.atTime(filter.cursor())
              : field == null || names.isNumber(field)
                  ? Cursor.atNumber(filter.cursor())
                  : Cursor.atText(filter.cursor()));
    }
    String order = filter.descending() ? " desc" : " asc";
    String query =
        (filter.sort() == null ? BY_TIME : field == null ? BY_METRIC : SUMMARIES.formatted(key))
            + conditions.text()
            + " order by "
            + key
            + order
            + ", r.run"
            + order;
    Uni<List<Object[]>> found =
        Sessions.with(
            session -> {
              var selection = session.createSelectionQuery(query, Object[].class);
              conditions.parameters.forEach(selection::setParameter);
              return selection.setMaxResults(filter.limit() + 1).getResultList();
            });
    return found
        .chain(
            rows ->
                filter.counts()
                    ? counts(filter, names).map(states -> page(rows, filter, states))
                    : Uni.createFrom().item(page(rows, filter, null)))
        .chain(page -> RunValues.in(page, names.columns()));
  }

  /** The conditions of a filter, except for states and page. */
  private static Conditions conditions(RunFilter filter, RunNames names) {
    var conditions = new Conditions();
    conditions.add("r.experiment = :", "experiment", filter.experiment());
    conditions.add("r.variant = :", "variant", filter.variant());
    conditions.add("r.archived = :", "archived", filter.archived().flag());
    conditions.add("locate(lower(:part), lower(r.run)) > 0", "part", filter.part());
    conditions.add("array_contains(r.tags, :tag)", "tag", filter.tag());
    conditions.add("r.createdAt >= :", "since", filter.since());
    conditions.add("r.createdAt < :", "until", filter.until());
    for (Condition condition : filter.where()) {
      FieldPath field = names.field(condition);
      if (field == null) {
        conditions.add(condition);
      } else {
        conditions.add(condition, field, names.isNumber(field));
      }
    }
    return conditions;
  }

  /** The number of runs in each state. */
  private static Uni<Map<String, Long>> counts(RunFilter filter, RunNames names) {
    Conditions conditions = conditions(filter, names);
    return Sessions.with(
            session -> {
              var selection =
                  session.createSelectionQuery(
                      COUNTS + conditions.text() + " group by r.state", Object[].class);
              conditions.parameters.forEach(selection::setParameter);
              return selection.getResultList();
            })
        .map(
            rows -> {
              var states = new TreeMap<RunState, Long>();
              rows.forEach(row -> states.put((RunState) row[0], (Long) row[1]));
              var named = new LinkedHashMap<String, Long>();
              states.forEach((state, runs) -> named.put(state.name(), runs));
              return named;
            });
  }

  /** The conditions of a query with their parameters. */
  private static final class Conditions {
    private final List<String> texts = new ArrayList<>();
    private final Map<String, Object> parameters = new HashMap<>();

    /** Adds a condition; if its text ends with a colon, the parameter's name is appended. */
    void add(String text, String name, Object value) {
      if (value != null) {
        texts.add(text.endsWith(":") ? text + name : text);
        set(name, value);
      }
    }

    /** Adds a condition on a metric. */
    void add(Condition condition) {
      int i = parameters.size();
      texts.add(
          "exists (select 1 from RunMetric m%1$d where m%1$d.runId = r.id and m%1$d.name = :name%1$d and m%1$d.value %2$s :value%1$d)"
              .formatted(i, condition.operator()));
      set("name" + i, condition.name());
      set("value" + i, condition.number());
    }

    /** Adds a condition on a field of the request; text is compared ignoring case. */
    void add(Condition condition, FieldPath field, boolean isNumber) {
      String value = "value" + parameters.size();
      boolean asNumber = isNumber && condition.number() != null;
      texts.add(
          (asNumber ? RequestValue.number(field) : "lower(" + RequestValue.text(field) + ")")
              + " "
              + condition.comparison()
              + " :"
              + value);
      set(value, asNumber ? condition.number() : condition.text().toLowerCase(Locale.ROOT));
    }

    void require(String value) {
      texts.add(value + " is not null");
    }

    void add(String text, Cursor cursor) {
      texts.add(text);
      set("key", cursor.key());
      set("run", cursor.name());
    }

    void set(String name, Object value) {
      if (value != null) {
        parameters.put(name, value);
      }
    }

    String text() {
      return texts.isEmpty() ? "" : " where " + String.join(" and ", texts);
    }
  }

  private static RunPage page(List<Object[]> found, RunFilter filter, Map<String, Long> states) {
    int limit = filter.limit();
    List<RunSummary> runs = found.stream().limit(limit).map(row -> (RunSummary) row[0]).toList();
    return found.size() <= limit
        ? new RunPage(runs, null, states, filter.columns())
        : new RunPage(
            runs,
            new Cursor(found.get(limit - 1)[1], runs.get(limit - 1).run()).encode(),
            states,
            filter.columns());
  }

  /** The runs with these names that exist. */
  public Uni<List<RunSummary>> summaries(Collection<String> names) {
    return summaries("r.run in :names", Map.of("names", names), names.size());
  }

  /** An experiment's running runs, newest first, at most {@code limit}. */
  public Uni<List<RunSummary>> running(String experiment, int limit) {
    return summaries(
        "r.experiment = :experiment and r.state = :state",
        Map.of("experiment", experiment, "state", RunState.RUNNING),
        limit);
  }

  private static Uni<List<RunSummary>> summaries(
      String condition, Map<String, Object> parameters, int limit) {
    String query = BY_TIME + " where " + condition + " order by r.createdAt desc, r.run desc";
    return Sessions.with(
            session -> {
              var selection = session.createSelectionQuery(query, Object[].class);
              parameters.forEach(selection::setParameter);
              return selection.setMaxResults(limit).getResultList();
            })
        .map(rows -> rows.stream().map(row -> (RunSummary) row[0]).toList());
  }

  /**
   * A run's details.
   *
   * @return fails with {@link UnknownException} if the run does not exist
   */
  public Uni<RunView> run(String name) {
    return ofRun(
        name,
        run ->
            Epoch.<Epoch>find("runId = ?1 order by epoch desc", run.id)
                .page(0, 1)
                .firstResult()
                .chain(
                    epoch ->
                        Evaluation.<Evaluation>findById(run.id)
                            .chain(
                                evaluation ->
                                    Rejection.<Rejection>find(
                                            "runId = ?1 order by at desc, digest", run.id)
                                        .page(0, MAX_REJECTIONS)
                                        .list()
                                        .map(
                                            rejections ->
                                                view(run, epoch, evaluation, rejections)))));
  }

  /**
   * A run's details, with the differences between its request and that of its experiment's
   * baseline.
   *
   * @return fails with {@link UnknownException} if the run does not exist
   */
  public Uni<RunView> comparedRun(String name) {
    return run(name).chain(VariantChanges::of);
  }

  /**
   * The schedule of a learning-rate range test.
   *
   * @return fails with {@link UnknownException} if the run is not a range test
   */
  public Uni<LearningRateSchedule.RangeTest> rangeTest(String name) {
    return ofRun(
        name,
        run -> {
          Object optimizer = run.request == null ? null : run.request.get("optimizer");
          Object rate = optimizer instanceof Map<?, ?> fields ? fields.get("learning_rate") : null;
          boolean isTest =
              rate instanceof Map<?, ?> schedule && "RangeTest".equals(schedule.get("type"));
          if (!isTest) {
            throw new UnknownException(
                "run "
                    + Check.quote(name)
                    + " is not a range test: its learning_rate is not of type RangeTest");
          }
          return Uni.createFrom()
              .item(Messages.read(Messages.write(rate), LearningRateSchedule.RangeTest.class));
        });
  }

  private static RunView view(
      Run r, Epoch epoch, Evaluation evaluation, List<Rejection> rejections) {
    return new RunView(
        r.run,
        r.experiment,
        r.variant,
        r.seed,
        r.state,
        r.reason,
        r.failedAtStep,
        r.request,
        r.trainer,
        r.device,
        r.delivery == 0 ? null : r.delivery,
        r.resumedAtStep,
        r.queuedAt,
        r.startedAt,
        r.endedAt,
        r.epochsDone,
        r.epochs,
        r.stepsDone,
        r.stepsPerEpoch,
        r.samples,
        r.dataNotes,
        r.datasetFingerprint,
        r.validationPart,
        layers(r.layers),
        r.parameters,
        epoch == null ? null : epoch.metrics,
        evaluation == null ? null : evaluation.metrics,
        evaluation == null ? null : evaluation.baseline,
        r.modelPath == null ? null : new RunView.Model(r.modelPath, r.modelBytes, r.modelSha256),
        r.seconds,
        r.stoppedEarly,
        r.bestEpoch,
        rejections.stream()
            .sorted(Comparator.comparing(rejection -> rejection.at))
            .map(
                rejection ->
                    new RunView.Refusal(
                        rejection.at, rejection.field, rejection.reason, rejection.conflict))
            .toList(),
        r.archived ? true : null,
        r.tags,
        r.note,
        null,
        null,
        null);
  }

  /**
   * A run's history by epoch.
   *
   * @return fails with {@link UnknownException} if the run does not exist
   */
  public Uni<RunHistory> history(String name) {
    return ofRun(
        name,
        run ->
            Epoch.<Epoch>list("runId = ?1 order by epoch", run.id)
                .map(
                    epochs ->
                        new RunHistory(run.run, epochs.stream().map(RunQueries::epoch).toList())));
  }

  private static RunHistory.EpochView epoch(Epoch e) {
    return new RunHistory.EpochView(
        e.epoch, e.step, e.at, e.seconds, e.samplesPerSecond, e.dataWaitSeconds, e.metrics);
  }

  /**
   * A page of a run's losses by step.
   *
   * @param from the first step
   * @param to the end of the steps, not included
   * @param limit the maximum number of steps
   * @return fails with {@link UnknownException} if the run does not exist
   */
  public Uni<RunLosses> losses(String name, long from, long to, int limit) {
    return ofRun(
        name,
        run ->
            losses.read(run.id, from, to, limit + 1).map(series -> page(run.run, series, limit)));
  }

  /**
   * A run's losses by step, at most the first {@value LossStore#MAX_STEPS} of a range.
   *
   * @return fails with {@link UnknownException} if the run does not exist
   */
  public Uni<LossRows> allLosses(String name, long from, long to) {
    return ofRun(
        name,
        run ->
            losses
                .read(run.id, from, to)
                .map(
                    series ->
                        new LossRows(run.run, series, series.next(Math.min(to, run.stepsDone)))));
  }

  private static RunLosses page(String run, LossSeries series, int limit) {
    List<RunLosses.StepLoss> steps =
        IntStream.range(0, Math.min(limit, series.size()))
            .mapToObj(
                i ->
                    new RunLosses.StepLoss(
                        series.steps()[i],
                        series.epochs()[i],
                        Double.isNaN(series.losses()[i]) ? null : series.losses()[i]))
            .toList();
    return new RunLosses(run, steps, series.size() > limit ? series.steps()[limit] : null);
  }

  /**
   * A run's evaluation.
   *
   * @return fails with {@link UnknownException} if the run does not exist or has no evaluation
   */
  public Uni<EvaluationView> evaluation(String name) {
    return ofRun(
        name,
        run ->
            Evaluation.<Evaluation>findById(run.id)
                .onItem()
                .ifNull()
                .failWith(() -> notEvaluated(run))
                .map(evaluation -> EvaluationView.of(run.run, evaluation)));
  }

  /** The error for a run without an evaluation. */
  public static UnknownException notEvaluated(Run run) {
    return new UnknownException(
        "run " + Check.quote(run.run) + " has no evaluation; it is " + run.state);
  }

  /**
   * Applies a function to a run.
   *
   * @return fails with {@link UnknownException} if the run does not exist
   */
  public static <T> Uni<T> ofRun(String name, Function<Run, Uni<? extends T>> answer) {
    return Sessions.with(
        session ->
            Run.<Run>find("run", name)
                .firstResult()
                .onItem()
                .ifNull()
                .failWith(() -> UnknownException.ofRun(name))
                .chain(answer));
  }

  private static List<Object> layers(Map<String, Object> json) {
    return json != null && json.get("layers") instanceof List<?> layers
        ? List.copyOf(layers)
        : null;
  }

  /** Reads a JSON column of a query row; null stays null. */
  @SuppressWarnings("unchecked")
  public static Map<String, Object> json(Object column) {
    return (Map<String, Object>) column;
  }
}
