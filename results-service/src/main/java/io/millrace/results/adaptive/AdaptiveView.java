package io.millrace.results.adaptive;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.sweep.AdaptiveSeeds;
import io.millrace.results.statistics.AdaptivePlan;
import io.millrace.results.store.PlanStore;
import io.millrace.results.store.PlanStore.Plan;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * The seeds of an experiment that run until it is decided, and how far that has come.
 *
 * @param base of the ids of its runs
 * @param variants in the order of the sweep
 * @param seeds as they were asked for, every default filled in
 * @param state what the last look came to; null before the first
 * @param endedAt null while it is open
 * @param endReason {@link #FINISHED}, {@link #TIME_LIMIT}, or {@code cancelled by} somebody; null
 *     while it is open
 */
public record AdaptiveView(
    String base,
    List<String> variants,
    AdaptiveSeeds seeds,
    Instant requestedAt,
    AdaptivePlan.State state,
    Instant endedAt,
    String endReason) {

  /** The plan wants nothing more: all is decided, or all seeds have run. */
  public static final String FINISHED = "finished";

  /** The sweep's {@code max_hours} have passed. */
  public static final String TIME_LIMIT = "max_hours have passed";

  /** Of an experiment, the plan that is open, else its newest; null where it has none. */
  public static Uni<AdaptiveView> of(Mutiny.QueryProducer session, String experiment) {
    return PlanStore.ofExperiment(session, experiment)
        .map(plan -> plan == null ? null : AdaptiveView.of(plan));
  }

  /** The same of several experiments, by their names; without those that have none. */
  public static Uni<Map<String, AdaptiveView>> of(
      Mutiny.QueryProducer session, List<String> experiments) {
    return PlanStore.ofExperiments(session, experiments)
        .map(plans -> plans.stream().collect(Collectors.toMap(Plan::experiment, AdaptiveView::of)));
  }

  static AdaptiveView of(Plan plan) {
    return new AdaptiveView(
        plan.base(),
        List.of(read(plan.variants(), String[].class)),
        read(plan.seeds(), AdaptiveSeeds.class),
        plan.requestedAt(),
        plan.outcome() == null ? null : read(plan.outcome(), AdaptivePlan.State.class),
        plan.endedAt(),
        plan.endReason());
  }

  private static <T> T read(String json, Class<T> type) {
    return Messages.read(json.getBytes(StandardCharsets.UTF_8), type);
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
}
