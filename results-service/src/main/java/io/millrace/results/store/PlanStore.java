package io.millrace.results.store;

import io.millrace.contracts.json.Messages;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * The table of plans: sweeps with adaptive seeds and searches, which request their runs as needed.
 * All methods use the caller's transaction.
 */
public final class PlanStore {
  private static final String COLUMNS =
      "select base, experiment, request, variants, seeds, search, trials, owner,"
          + " requested_at, outcome, ended_at, end_reason from adaptive";

  private static final String BY_BASE = COLUMNS + " where base = :base";

  /** For each experiment its open plan, else its newest. */
  private static final String OF_EXPERIMENTS =
      COLUMNS.replace("select ", "select distinct on (experiment) ")
          + """
           where experiment in (
            select json_array_elements_text(cast(cast(:experiments as text) as json)))
          order by experiment, ended_at is null desc, requested_at desc, base
          """;

  /** Among the plans that no other service is checking, the one that has waited longest. */
  private static final String NEXT =
      COLUMNS
          + """
           where ended_at is null
            and (looked_at is null or looked_at < cast(cast(:before as text) as timestamptz))
          order by looked_at nulls first, base
          limit 1
          for update skip locked
          """;

  private static final String INSERT =
      """
      insert into adaptive (base, experiment, request, variants, seeds, search, trials, owner,
                            requested_at)
      values (:base, :experiment, :request, :variants, cast(:seeds as text),
              cast(:search as text), cast(:trials as text), cast(:owner as text),
              cast(cast(:at as text) as timestamptz))
      on conflict (base) do nothing
      """;

  /** Marks runs that were ingested from the topics before the plan existed. */
  private static final String MARK =
      """
      update run
      set trial = true
      where not trial
        and run in (select cast(:base as text) || '-' || i
                    from generate_series(0, cast(:trials as integer) - 1) as i)
      """;

  private static final String REOPEN =
      """
      update adaptive
      set ended_at = null, end_reason = null, outcome = null, looked_at = null,
          owner = cast(:owner as text), requested_at = cast(cast(:at as text) as timestamptz)
      where base = :base and ended_at is not null
      """;

  private static final String LOOKED =
      """
      update adaptive
      set looked_at = cast(cast(:at as text) as timestamptz), outcome = cast(:outcome as text),
          ended_at = case when cast(:reason as text) is null then null else clock_timestamp() end,
          end_reason = cast(:reason as text)
      where base = :base
      """;

  /** Waits while a service is checking one of them. */
  private static final String END =
      """
      update adaptive
      set ended_at = clock_timestamp(), end_reason = :reason
      where experiment = :experiment and ended_at is null
        and (cast(:owner as text) is null or owner is null or owner = :owner)
      """;

  private static final String FORGET =
      "delete from adaptive where experiment = :experiment and ended_at is not null";

  private static final String OPEN =
      "select cast(count(*) as integer) from adaptive where ended_at is null";

  /** The prefix of the end reason if a user cancelled the experiment. */
  public static final String CANCELLED_BY = "cancelled by ";

  private PlanStore() {}

  /**
   * A row.
   *
   * @param request the sweep, as JSON
   * @param variants their names, as JSON
   * @param seeds with defaults, as JSON; null for a search
   * @param search with defaults, as JSON; null for adaptive seeds
   * @param trials the swept values of each trial, as JSON; null for adaptive seeds
   * @param owner null if authentication is off
   * @param outcome the result of the last check, as JSON; null before the first
   * @param endedAt null while it is open
   * @param endReason null while it is open
   */
  public record Plan(
      String base,
      String experiment,
      String request,
      String variants,
      String seeds,
      String search,
      String trials,
      String owner,
      Instant requestedAt,
      String outcome,
      Instant endedAt,
      String endReason) {

    private static Plan of(Object[] row) {
      return new Plan(
          (String) row[0],
          (String) row[1],
          (String) row[2],
          (String) row[3],
          (String) row[4],
          (String) row[5],
          (String) row[6],
          (String) row[7],
          time(row[8]),
          (String) row[9],
          time(row[10]),
          (String) row[11]);
    }

    private static Instant time(Object column) {
      return column instanceof OffsetDateTime time ? time.toInstant() : (Instant) column;
    }
  }

  /** The plan with a base; null if there is none. */
  public static Uni<Plan> of(Mutiny.QueryProducer session, String base) {
    return first(session.createNativeQuery(BY_BASE, Object[].class).setParameter("base", base));
  }

  /** The open plan of an experiment, else its newest; null if it has none. */
  public static Uni<Plan> ofExperiment(Mutiny.QueryProducer session, String experiment) {
    return ofExperiments(session, List.of(experiment))
        .map(plans -> plans.isEmpty() ? null : plans.get(0));
  }

  /** The plans of several experiments, without experiments that have none. */
  public static Uni<List<Plan>> ofExperiments(
      Mutiny.QueryProducer session, List<String> experiments) {
    return session
        .createNativeQuery(OF_EXPERIMENTS, Object[].class)
        .setParameter("experiments", Messages.text(experiments))
        .getResultList()
        .map(rows -> rows.stream().map(Plan::of).toList());
  }

  /**
   * An open plan that nobody has checked since a time, locked; null if there is none, or if other
   * services are checking all of them.
   */
  public static Uni<Plan> next(Mutiny.QueryProducer session, Instant before) {
    return first(
        session.createNativeQuery(NEXT, Object[].class).setParameter("before", before.toString()));
  }

  private static Uni<Plan> first(Mutiny.SelectionQuery<Object[]> query) {
    return query.getResultList().map(rows -> rows.isEmpty() ? null : Plan.of(rows.get(0)));
  }

  /** Inserts a plan. An existing one with the same base stays unchanged. */
  public static Uni<Integer> insert(Mutiny.QueryProducer session, Plan plan) {
    return session
        .createNativeQuery(INSERT)
        .setParameter("base", plan.base)
        .setParameter("experiment", plan.experiment)
        .setParameter("request", plan.request)
        .setParameter("variants", plan.variants)
        .setParameter("seeds", plan.seeds)
        .setParameter("search", plan.search)
        .setParameter("trials", plan.trials)
        .setParameter("owner", plan.owner)
        .setParameter("at", plan.requestedAt.toString())
        .executeUpdate();
  }

  /** Marks existing runs as trials of a search, so that they are not compared. */
  public static Uni<Integer> mark(Mutiny.QueryProducer session, String base, int trials) {
    return session
        .createNativeQuery(MARK)
        .setParameter("base", base)
        .setParameter("trials", trials)
        .executeUpdate();
  }

  /** Reopens a plan that has ended: its runs were deleted or rejected, and are requested again. */
  public static Uni<Integer> reopen(Mutiny.QueryProducer session, Plan plan) {
    return session
        .createNativeQuery(REOPEN)
        .setParameter("base", plan.base)
        .setParameter("owner", plan.owner)
        .setParameter("at", plan.requestedAt.toString())
        .executeUpdate();
  }

  /**
   * Stores the result of a check.
   *
   * @param at by the clock of the checking service
   * @param reason why the plan ends; null if it stays open
   */
  public static Uni<Integer> looked(
      Mutiny.QueryProducer session, String base, Instant at, String outcome, String reason) {
    return session
        .createNativeQuery(LOOKED)
        .setParameter("base", base)
        .setParameter("at", at.toString())
        .setParameter("outcome", outcome)
        .setParameter("reason", reason)
        .executeUpdate();
  }

  /**
   * Ends the open plans of an experiment.
   *
   * @param owner ends only this owner's plans and plans without an owner; null for all plans
   * @return the number of ended plans
   */
  public static Uni<Integer> end(
      Mutiny.QueryProducer session, String experiment, String owner, String reason) {
    return session
        .createNativeQuery(END)
        .setParameter("experiment", experiment)
        .setParameter("owner", owner)
        .setParameter("reason", reason)
        .executeUpdate();
  }

  /** Deletes the ended plans of an experiment. */
  public static Uni<Integer> forget(Mutiny.QueryProducer session, String experiment) {
    return session.createNativeQuery(FORGET).setParameter("experiment", experiment).executeUpdate();
  }

  /** The number of open plans. */
  public static Uni<Integer> open(Mutiny.QueryProducer session) {
    return session.createNativeQuery(OPEN, Integer.class).getSingleResult();
  }
}
