package io.millrace.results.adaptive;

import io.millrace.contracts.Check;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.AdaptiveSeeds;
import io.millrace.contracts.sweep.Sweep;
import io.millrace.results.statistics.AdaptivePlan;
import io.millrace.results.store.PlanStore.Plan;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * An experiment with adaptive seeds, and its progress.
 *
 * @param base the common prefix of its runs' ids
 * @param variants in the order of the sweep
 * @param seeds as requested, with every default filled in
 * @param state the result of the last check; null before the first
 * @param endedAt null while it is open
 * @param endReason null while it is open
 */
public record AdaptiveView(
    String base,
    List<String> variants,
    AdaptiveSeeds seeds,
    Instant requestedAt,
    AdaptivePlan.State state,
    Instant endedAt,
    String endReason)
    implements PlanView {

  static AdaptiveView of(Plan plan) {
    return new AdaptiveView(
        plan.base(),
        List.of(PlanView.read(plan.variants(), String[].class)),
        PlanView.read(plan.seeds(), AdaptiveSeeds.class),
        plan.requestedAt(),
        plan.outcome() == null ? null : PlanView.read(plan.outcome(), AdaptivePlan.State.class),
        plan.endedAt(),
        plan.endReason());
  }

  /** The rules that decide. */
  public AdaptivePlan plan() {
    return new AdaptivePlan(
        seeds.metric(),
        seeds.baseline(),
        variants,
        seeds.from(),
        seeds.to(),
        seeds.smallestEffect() == null ? Double.NaN : seeds.smallestEffect());
  }

  @Override
  public double maxHours() {
    return seeds.maxHours();
  }

  @Override
  public String judge() {
    return seeds.metric();
  }

  @Override
  public String baseline() {
    return seeds.baseline();
  }

  @Override
  public String summary() {
    return state == null ? "" : summary(state);
  }

  private static String summary(AdaptivePlan.State state) {
    return state.decisions().stream()
        .map(
            one ->
                one.variant()
                    + " "
                    + one.verdict().json()
                    + " after "
                    + Check.count(one.seeds(), "seed"))
        .toList()
        .toString();
  }

  @Override
  public Uni<Look> look(Mutiny.QueryProducer session, boolean mayRequest) {
    return KnownRuns.of(session, this)
        .map(
            known -> {
              AdaptivePlan.State now = plan().state(known);
              List<Integer> missing =
                  mayRequest && !now.finished() ? known.missing(now.wanted()) : List.of();
              return new Look(
                  now,
                  summary(now),
                  now.finished(),
                  missing.stream()
                      .<Function<Sweep, TrainingRequest>>map(i -> sweep -> sweep.request(i))
                      .toList());
            });
  }
}
