package io.millrace.results.experiment;

import io.millrace.contracts.json.Messages;
import io.millrace.results.adaptive.PlanView;
import io.millrace.results.query.Calculation;
import io.millrace.results.request.RequestChanges;
import io.millrace.results.request.RequestText;
import io.millrace.results.run.RunView;
import io.millrace.results.statistics.Contest;
import io.millrace.results.store.RunState;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Uni;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Compares the requests of variants with that of their baseline. The newest completed run
 * represents a variant, or the newest run if none has completed.
 */
public final class VariantChanges {
  /** The maximum size of the requests that are read, in characters; the baseline's comes first. */
  private static final int MAX_CHARACTERS = 8 << 20;

  /** The requests of some runs, up to a total size. */
  private static final String REQUESTS =
      """
      select run, text, request_resolved, trial
      from (select r.run, cast(r.request as text) as text, r.request_resolved, r.trial,
                   sum(length(cast(r.request as text))) over (order by n.place) as characters
            from json_array_elements_text(cast(cast(:runs as text) as json))
                 with ordinality as n(run, place)
            join run r on r.run = n.run and r.request is not null) as requests
      where characters <= :most
      """;

  /** The variants in the order of their first runs. */
  private static final String VARIANTS =
      """
      select variant
      from (select distinct on (variant) variant, created_at, run
            from run
            where experiment = :experiment and state <> 'REJECTED' and not trial and not archived
            order by variant, created_at, run) as firsts
      order by created_at, run
      limit 5000
      """;

  private static final String NEWEST =
      """
      select run
      from run
      where experiment = :experiment and variant = :variant and state <> 'REJECTED' and not trial
        and not archived
      order by case state when 'COMPLETED' then 0 when 'QUEUED' then 2 else 1 end,
               created_at desc, run desc
      limit 1
      """;

  private VariantChanges() {}

  /** The baseline of an experiment, and the run that represents it. */
  private record Baseline(String variant, String run) {}

  /** The experiment with the changes of its variants. */
  public static Uni<ExperimentView> of(ExperimentView view) {
    Map<String, String> runs = new HashMap<>();
    view.variants().forEach(variant -> runs.put(variant.variant(), representative(variant)));
    String baseline = runs.get(view.baseline());
    if (baseline == null || runs.size() == 1) {
      return Uni.createFrom().item(view);
    }
    List<String> names =
        Stream.concat(
                Stream.of(baseline),
                view.variants().stream().map(variant -> runs.get(variant.variant())))
            .distinct()
            .toList();
    return requests(names)
        .chain(
            rows ->
                Calculation.of(
                    () -> {
                      Map<String, RequestChanges.Request> requests = byRun(rows);
                      return view.withChanges(
                          variant ->
                              variant.equals(view.baseline())
                                  ? null
                                  : changes(
                                      requests.get(baseline), requests.get(runs.get(variant))));
                    }));
  }

  /** The run with its changes, if its experiment's baseline is another variant. */
  public static Uni<RunView> of(RunView view) {
    if (view.experiment() == null || view.state() == RunState.REJECTED || view.request() == null) {
      return Uni.createFrom().item(view);
    }
    return Sessions.with(session -> baseline(session, view.experiment()))
        .chain(
            baseline ->
                baseline == null || baseline.variant().equals(view.variant())
                    ? Uni.createFrom().item(view)
                    : requests(List.of(baseline.run(), view.run()))
                        .chain(
                            rows ->
                                Calculation.of(
                                    () -> {
                                      Map<String, RequestChanges.Request> requests = byRun(rows);
                                      return view.against(
                                          baseline.variant(),
                                          changes(
                                              requests.get(baseline.run()),
                                              requests.get(view.run())));
                                    })));
  }

  private static Uni<Baseline> baseline(Mutiny.Session session, String experiment) {
    return session
        .createNativeQuery(VARIANTS, String.class)
        .setParameter("experiment", experiment)
        .getResultList()
        .chain(
            variants ->
                PlanView.of(session, experiment)
                    .map(plan -> baseline(variants, plan))
                    .chain(
                        variant ->
                            variant == null
                                ? Uni.createFrom().nullItem()
                                : session
                                    .createNativeQuery(NEWEST, String.class)
                                    .setParameter("experiment", experiment)
                                    .setParameter("variant", variant)
                                    .getSingleResultOrNull()
                                    .map(run -> run == null ? null : new Baseline(variant, run))));
  }

  /** The name of the baseline; null if no run is compared. */
  private static String baseline(List<String> variants, PlanView plan) {
    if (variants.isEmpty()) {
      return null;
    }
    return plan != null && variants.contains(plan.baseline())
        ? plan.baseline()
        : Contest.usualBaseline(variants);
  }

  /** The changes between two requests; null if one of them is unknown. */
  private static RequestChanges changes(RequestChanges.Request from, RequestChanges.Request to) {
    return from == null || to == null ? null : RequestChanges.of(from, to);
  }

  private static String representative(ExperimentView.Variant variant) {
    return variant.runs().stream()
        .max(Comparator.comparingInt(run -> rank(run.state())))
        .map(best -> newest(variant.runs(), rank(best.state())))
        .orElse(null);
  }

  private static String newest(List<ExperimentView.Replicate> runs, int rank) {
    return runs.stream()
        .filter(run -> rank(run.state()) == rank)
        .reduce((before, run) -> run)
        .map(ExperimentView.Replicate::run)
        .orElseThrow();
  }

  private static int rank(RunState state) {
    return switch (state) {
      case COMPLETED -> 2;
      case RUNNING, FAILED, CANCELLED, REJECTED -> 1;
      case QUEUED -> 0;
    };
  }

  private static Uni<List<Object[]>> requests(List<String> runs) {
    return Sessions.with(
        session ->
            session
                .createNativeQuery(REQUESTS, Object[].class)
                .setParameter("runs", Messages.text(runs))
                .setParameter("most", MAX_CHARACTERS)
                .getResultList());
  }

  private static Map<String, RequestChanges.Request> byRun(List<Object[]> rows) {
    var requests = new HashMap<String, RequestChanges.Request>();
    rows.forEach(
        row ->
            requests.put(
                (String) row[0],
                new RequestChanges.Request(
                    RequestText.read((String) row[1]), (Boolean) row[2], (Boolean) row[3])));
    return requests;
  }
}
