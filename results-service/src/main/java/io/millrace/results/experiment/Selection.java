package io.millrace.results.experiment;

import io.millrace.results.adaptive.AdaptiveView;
import io.millrace.results.adaptive.PlanView;
import io.millrace.results.adaptive.SearchView;
import io.millrace.results.run.Archived;
import io.millrace.results.statistics.Contest;
import java.util.List;

/**
 * The requested comparison of an experiment's variants.
 *
 * @param baseline null for the default
 * @param metric null for the default
 */
record Selection(String experiment, String baseline, String metric, Archived archived) {
  /** Whether the plan decides the same comparison as requested. */
  boolean isAnsweredBy(AdaptiveView plan) {
    return plan.state() != null
        && archived != Archived.ONLY
        && (metric == null || metric.equals(plan.seeds().metric()))
        && (baseline == null || baseline.equals(plan.seeds().baseline()));
  }

  /**
   * The contest between the variants; every comparison of variants uses it.
   *
   * @param plan the plan of the experiment; null if it has none
   * @param judge the metric: the requested one, the plan's, or the first of the requests
   */
  Contest contest(PlanView plan, String judge, List<Contest.Entrant> entrants) {
    return plan instanceof AdaptiveView seeds && isAnsweredBy(seeds)
        ? Contest.of(seeds.plan(), seeds.state(), entrants)
        : Contest.of(judge, baseline(plan, entrants), entrants);
  }

  /** The requested baseline or the plan's; null means the default. */
  private String baseline(PlanView plan, List<Contest.Entrant> entrants) {
    boolean planned =
        baseline == null
            && plan != null
            && entrants.stream().anyMatch(one -> one.variant().equals(plan.baseline()));
    return planned ? plan.baseline() : baseline;
  }

  /** The metric of a plan; null without a plan. */
  static String metric(PlanView plan) {
    return plan == null ? null : plan.judge();
  }

  /**
   * The answer of the contest, or the progress of a search that has nothing to compare yet.
   *
   * @param contest null if no runs are compared
   * @param plan null if there is none
   */
  static String answer(Contest contest, PlanView plan) {
    boolean measured = contest != null && contest.isMeasured();
    if (plan instanceof SearchView search && !measured) {
      return search.sentence();
    }
    return contest == null ? null : contest.answer();
  }
}
