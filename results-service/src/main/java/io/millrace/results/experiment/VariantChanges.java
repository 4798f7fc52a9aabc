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
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * How the requests of variants differ from that of their baseline. Of a variant the newest run
 * counts, a completed one before others.
 */
public final class VariantChanges {
  /** How much of requests is read for an answer, in characters; the baseline's comes first. */
  private static final int MAX_CHARACTERS = 8 << 20;

  /** The requests of some runs, as far as all before them and they are not too large. */
  private static final String REQUESTS =
      """
      select run, text, request_resolved, trial
      from (select r.run, cast(r.request as text) as text, r.request_resolved, r.trial,
                   sum(length(cast(r.request as text))) over (order by n.place) as characters
            from json_array_elements_text(cast(cast(:runs as text) as json))
                 with ordinality as n(run, place)
            join run r on r.run = n.run and r.request is not null) as asked
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

  /** The baseline of an experiment, and a run of it. */
  private record Baseline(String variant, String run) {}

  /** The experiment with what its variants change. */
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
                      Map<String, RequestChanges.Asked> asked = asked(rows);
                      return view.withChanges(
                          variant ->
                              variant.equals(view.baseline())
                                  ? null
                                  : changes(asked.get(baseline), asked.get(runs.get(variant))));
                    }));
  }

  /** The run with what it changes, where its experiment's baseline is another variant. */
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
                                      Map<String, RequestChanges.Asked> asked = asked(rows);
                                      return view.against(
                                          baseline.variant(),
                                          changes(
                                              asked.get(baseline.run()), asked.get(view.run())));
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

  /** Null where no run is compared. */
  private static String baseline(List<String> variants, PlanView plan) {
    if (variants.isEmpty()) {
      return null;
    }
    return plan != null && variants.contains(plan.baseline())
        ? plan.baseline()
        : Contest.usualBaseline(variants);
  }

  /** Null where one of them is not known. */
  private static RequestChanges changes(RequestChanges.Asked from, RequestChanges.Asked to) {
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
                .setParameter("runs", new String(Messages.write(runs), StandardCharsets.UTF_8))
                .setParameter("most", MAX_CHARACTERS)
                .getResultList());
  }

  private static Map<String, RequestChanges.Asked> asked(List<Object[]> rows) {
    var asked = new HashMap<String, RequestChanges.Asked>();
    rows.forEach(
        row ->
            asked.put(
                (String) row[0],
                new RequestChanges.Asked(
                    RequestText.read((String) row[1]), (Boolean) row[2], (Boolean) row[3])));
    return asked;
  }
}
