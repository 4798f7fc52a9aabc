package io.millrace.results.adaptive;

import io.millrace.contracts.json.Messages;
import io.millrace.results.store.PlanStore;
import io.millrace.results.store.PlanStore.Plan;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/** The plan by which an experiment requests further runs, and its progress. */
public sealed interface PlanView permits AdaptiveView, SearchView {

  /** The plan needs no further runs. */
  String FINISHED = "finished";

  /** The sweep's {@code max_hours} have passed. */
  String TIME_LIMIT = "max_hours have passed";

  /** The common prefix of its runs' ids. */
  String base();

  /** When the sweep was requested, by the broker's clock. */
  Instant requestedAt();

  /** The hours after which no further runs are requested. */
  double maxHours();

  /** Null while it is open. */
  Instant endedAt();

  /**
   * {@link #FINISHED}, {@link #TIME_LIMIT}, or {@code cancelled by} a user; null while it is open.
   */
  String endReason();

  /** The metric by which variants are compared. */
  String judge();

  /** The variant with which the others are compared; null while it is unknown. */
  String baseline();

  /** The result of the last check, for the log; empty before the first. */
  String summary();

  /**
   * Checks the plan with the runs that have ended.
   *
   * @param mayRequest whether further runs may be requested
   */
  Uni<Look> look(Mutiny.QueryProducer session, boolean mayRequest);

  /** The open plan of an experiment, else its newest; null if it has none. */
  static Uni<PlanView> of(Mutiny.QueryProducer session, String experiment) {
    return PlanStore.ofExperiment(session, experiment)
        .map(plan -> plan == null ? null : PlanView.of(plan));
  }

  /** The plans of several experiments, by name, without experiments that have none. */
  static Uni<Map<String, PlanView>> of(Mutiny.QueryProducer session, List<String> experiments) {
    return PlanStore.ofExperiments(session, experiments)
        .map(plans -> plans.stream().collect(Collectors.toMap(Plan::experiment, PlanView::of)));
  }

  /** The view of a row of the table. */
  static PlanView of(Plan plan) {
    return plan.search() == null ? AdaptiveView.of(plan) : SearchView.of(plan);
  }

  /** Reads a JSON column. */
  static <T> T read(String json, Class<T> type) {
    return Messages.read(json.getBytes(StandardCharsets.UTF_8), type);
  }
}
