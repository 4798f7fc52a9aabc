package io.millrace.results.adaptive;

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
 * The seeds of an experiment that run until it is decided, and how far that has come.
 *
 * @param base of the ids of its runs
 * @param variants in the order of the sweep
 * @param seeds as they were asked for, every default filled in
 * @param state what the last look came to; null before the first
 * @param endedAt null while it is open
 * @param endReason likewise
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

  /** What decides. */
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
  public String told() {
    return state == null ? "" : told(state);
  }

  private static String told(AdaptivePlan.State state) {
    return state.decisions().stream()
        .map(one -> one.variant() + " " + one.verdict().json() + " at " + one.seeds())
        .toList()
        .toString();
  }

  @Override
  public Uni<Look> look(Mutiny.QueryProducer session, boolean mayAsk) {
    return KnownRuns.of(session, this)
        .map(
            known -> {
              AdaptivePlan.State now = plan().state(known);
              List<Integer> missing =
                  mayAsk && !now.finished() ? known.missing(now.wanted()) : List.of();
              return new Look(
                  now,
                  told(now),
                  now.finished(),
                  missing.stream()
                      .<Function<Sweep, TrainingRequest>>map(i -> sweep -> sweep.request(i))
                      .toList());
            });
  }
}
