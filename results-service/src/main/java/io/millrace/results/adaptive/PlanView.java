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

/** What an experiment's runs are asked for by, and how far that has come. */
public sealed interface PlanView permits AdaptiveView, SearchView {

  /** The plan wants nothing more. */
  String FINISHED = "finished";

  /** The sweep's {@code max_hours} have passed. */
  String TIME_LIMIT = "max_hours have passed";

  /** Of the ids of its runs. */
  String base();

  /** When the sweep was asked for, by the broker's clock. */
  Instant requestedAt();

  /** After how many hours nothing more is asked for. */
  double maxHours();

  /** Null while it is open. */
  Instant endedAt();

  /**
   * {@link #FINISHED}, {@link #TIME_LIMIT}, or {@code cancelled by} somebody; null while it is
   * open.
   */
  String endReason();

  /** The metric by which variants are compared. */
  String judge();

  /** The variant with which the others are compared; null where it is not known yet. */
  String baseline();

  /** What the last look came to, for the log; empty before the first. */
  String told();

  /**
   * Looks at the runs.
   *
   * @param mayAsk whether further runs may be asked for
   */
  Uni<Look> look(Mutiny.QueryProducer session, boolean mayAsk);

  /** Of an experiment, the plan that is open, else its newest; null where it has none. */
  static Uni<PlanView> of(Mutiny.QueryProducer session, String experiment) {
    return PlanStore.ofExperiment(session, experiment)
        .map(plan -> plan == null ? null : PlanView.of(plan));
  }

  /** The same of several experiments, by their names; without those that have none. */
  static Uni<Map<String, PlanView>> of(Mutiny.QueryProducer session, List<String> experiments) {
    return PlanStore.ofExperiments(session, experiments)
        .map(plans -> plans.stream().collect(Collectors.toMap(Plan::experiment, PlanView::of)));
  }

  /** Of a row. */
  static PlanView of(Plan plan) {
    return plan.search() == null ? AdaptiveView.of(plan) : SearchView.of(plan);
  }

  /** A column of JSON. */
  static <T> T read(String json, Class<T> type) {
    return Messages.read(json.getBytes(StandardCharsets.UTF_8), type);
  }
}
