package io.millrace.results.housekeeping;

import io.millrace.contracts.Check;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.millrace.results.store.FreshContext;
import io.millrace.results.store.Outage;
import io.millrace.results.store.PlanStore;
import io.millrace.results.store.Rows;
import io.millrace.results.store.RunStore;
import io.millrace.results.store.Tombstones;
import io.millrace.results.submission.ConflictException;
import io.millrace.results.submission.ForeignRunException;
import io.millrace.results.submission.RecordPublisher;
import io.millrace.results.submission.Requester;
import io.opentelemetry.context.Context;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Archives, restores and deletes runs. First it publishes the event, so that a database rebuilt
 * from the topics includes the change. Then it changes the tables, in the transaction that locks
 * the rows. Last, for a deletion, it publishes the command to the trainers, which delete the files.
 */
@ApplicationScoped
public class Housekeeping {
  /** The most runs that one transaction locks. */
  private static final int PAGE = 200;

  /**
   * How often a page is retried after a deadlock with events of the same runs that are written in
   * another order.
   */
  private static final int TRIES = 5;

  private static final Duration PAUSE = Duration.ofMillis(50);

  private static final Set<String> UNFINISHED = Set.of("QUEUED", "RUNNING");

  private static final String COLUMNS = "select run, state, archived, owner, extending from run";

  private static final String OF_RUN = COLUMNS + " where run = :run for update";

  private static final String OF_EXPERIMENT =
      COLUMNS
          + " where experiment = :experiment and run > :after order by run limit :page for update";

  private static final String UNFINISHED_OF_EXPERIMENT =
      COLUMNS
          + " where experiment = :experiment and (state in ('QUEUED', 'RUNNING') or extending)"
          + " order by run limit 1";

  private static final String KNOWN = "select count(*) from run where experiment = :experiment";

  private static final String FOREIGN =
      COLUMNS + " where experiment = :experiment and owner <> :requester order by run limit 1";

  private final Mutiny.SessionFactory sessions;
  private final RunStore store;
  private final Tombstones tombstones;
  private final RecordPublisher publisher;
  private final FreshContext contexts;

  Housekeeping(
      Mutiny.SessionFactory sessions,
      RunStore store,
      Tombstones tombstones,
      RecordPublisher publisher,
      FreshContext contexts) {
    this.sessions = sessions;
    this.store = store;
    this.tombstones = tombstones;
    this.publisher = publisher;
    this.contexts = contexts;
  }

  /** A row of {@link #COLUMNS}. */
  private record Found(
      String run, String state, boolean archived, String owner, boolean extending) {
    static Found of(Object[] row) {
      return new Found(
          (String) row[0], (String) row[1], (Boolean) row[2], (String) row[3], (Boolean) row[4]);
    }

    /** Fails unless the action is allowed on this run. */
    void check(Deed deed, Requester requester) {
      if (!requester.mayChange(owner)) {
        throw new ForeignRunException(run, owner);
      }
      if (extending || UNFINISHED.contains(state)) {
        throw new ConflictException(
            null,
            "the run "
                + Check.quote(run)
                + " is "
                + (extending ? state + ", and its extension is QUEUED" : state)
                + "; only a run that has ended can be "
                + deed.done()
                + ": cancel it first");
      }
    }
  }

  /**
   * Applies an action to a run.
   *
   * @return how many runs were changed: 0 if it already was in that state; null if the run does not
   *     exist. Fails with {@link ConflictException} if it has not ended, with {@link
   *     ForeignRunException}, or with {@link io.millrace.results.submission.PublishingException}
   */
  public Uni<Integer> run(Deed deed, String run, Requester requester) {
    Context trace = Context.current();
    return page(deed, requester, trace, session -> select(session, OF_RUN, "run", run))
        .chain(
            page ->
                page.found().isEmpty()
                    ? absent(deed, run, trace)
                    : Uni.createFrom().item(page.changed()));
  }

  /**
   * For a run that was deleted before, publishes the command again, because the first deletion may
   * have stopped before it.
   */
  private Uni<Integer> absent(Deed deed, String run, Context trace) {
    if (deed != Deed.DELETE) {
      return Uni.createFrom().nullItem();
    }
    return contexts
        .call(() -> tombstones.of(List.of(run)))
        .chain(
            deleted ->
                deleted.isEmpty()
                    ? Uni.createFrom().<Integer>nullItem()
                    : publisher.publish(commands(List.of(run), trace)).replaceWith(0));
  }

  /**
   * Applies an action to all runs of an experiment, page by page; to none of them if one has not
   * ended or belongs to another user.
   *
   * @return as {@link #run}
   */
  public Uni<Integer> experiment(Deed deed, String experiment, Requester requester) {
    Context trace = Context.current();
    return contexts
        .call(() -> checked(deed, experiment, requester))
        .chain(
            known ->
                known == 0
                    ? Uni.createFrom().<Integer>nullItem()
                    : pages(deed, experiment, requester, trace, "", 0)
                        .call(changed -> forgotten(deed, experiment)));
  }

  /** For a deletion, also deletes the experiment's ended plans. */
  private Uni<?> forgotten(Deed deed, String experiment) {
    return deed == Deed.DELETE
        ? contexts.call(
            () ->
                sessions.withStatelessTransaction(session -> PlanStore.forget(session, experiment)))
        : Uni.createFrom().voidItem();
  }

  /** Fails if the experiment may request further runs at any time. */
  private static void checkPlan(Deed deed, String experiment, PlanStore.Plan plan) {
    if (plan != null && plan.endedAt() == null && deed != Deed.RESTORE) {
      throw new ConflictException(
          null,
          "the experiment "
              + Check.quote(experiment)
              + (plan.search() == null
                  ? " adds seeds until it is decided"
                  : " is a search that is still running")
              + "; only one that has ended can be "
              + deed.done()
              + ": cancel it first");
    }
  }

  /** Checks all runs of the experiment, and returns their number. */
  private Uni<Long> checked(Deed deed, String experiment, Requester requester) {
    return sessions.withStatelessSession(
        session ->
            PlanStore.ofExperiment(session, experiment)
                .invoke(plan -> checkPlan(deed, experiment, plan))
                .chain(plan -> select(session, UNFINISHED_OF_EXPERIMENT, "experiment", experiment))
                .invoke(found -> found.forEach(one -> one.check(deed, requester)))
                .chain(
                    () ->
                        session
                            .createNativeQuery(FOREIGN, Object[].class)
                            .setParameter("experiment", experiment)
                            .setParameter("requester", requester.name())
                            .getResultList())
                .invoke(rows -> rows.forEach(row -> Found.of(row).check(deed, requester)))
                .chain(
                    () ->
                        session
                            .createNativeQuery(KNOWN, Long.class)
                            .setParameter("experiment", experiment)
                            .getSingleResult()));
  }

  private Uni<Integer> pages(
      Deed deed, String experiment, Requester requester, Context trace, String after, int before) {
    return page(
            deed,
            requester,
            trace,
            session ->
                session
                    .createNativeQuery(OF_EXPERIMENT, Object[].class)
                    .setParameter("experiment", experiment)
                    .setParameter("after", after)
                    .setParameter("page", PAGE)
                    .getResultList()
                    .map(rows -> rows.stream().map(Found::of).toList()))
        .chain(
            page -> {
              int changed = before + page.changed();
              return page.found().size() < PAGE
                  ? Uni.createFrom().item(changed)
                  : pages(
                      deed,
                      experiment,
                      requester,
                      trace,
                      page.found().get(PAGE - 1).run(),
                      changed);
            });
  }

  private record Page(List<Found> found, int changed) {}

  /** Selects and locks the rows to change. */
  private interface Held {
    Uni<List<Found>> of(Mutiny.StatelessSession session);
  }

  private Uni<Page> page(Deed deed, Requester requester, Context trace, Held held) {
    return contexts
        .call(
            () ->
                sessions.withStatelessTransaction(
                    session ->
                        held.of(session)
                            .chain(found -> changed(session, deed, requester, trace, found))))
        .onFailure(Outage::isDeadlock)
        .retry()
        .withBackOff(PAUSE)
        .atMost(TRIES)
        .call(
            page ->
                deed == Deed.DELETE && !page.found().isEmpty()
                    ? publisher.publish(
                        commands(page.found().stream().map(Found::run).toList(), trace))
                    : Uni.createFrom().voidItem());
  }

  private Uni<Page> changed(
      Mutiny.StatelessSession session,
      Deed deed,
      Requester requester,
      Context trace,
      List<Found> found) {
    found.forEach(one -> one.check(deed, requester));
    List<String> runs =
        found.stream().filter(one -> !deed.isDone(one.archived())).map(Found::run).toList();
    if (runs.isEmpty()) {
      return Uni.createFrom().item(new Page(found, 0));
    }
    // A session has to continue on the context that it started on.
    io.vertx.core.Context context = Vertx.currentContext();
    return publisher
        .publish(events(deed, runs, trace))
        .emitOn(task -> context.runOnContext(ignored -> task.run()))
        .chain(times -> store.turn(session, turns(deed, runs, times)))
        .replaceWith(new Page(found, runs.size()));
  }

  private static List<Rows.Turn> turns(Deed deed, List<String> runs, List<Instant> times) {
    var turns = new ArrayList<Rows.Turn>();
    for (int i = 0; i < runs.size(); i++) {
      turns.add(deed.turn(runs.get(i), times.get(i)));
    }
    return turns;
  }

  private static List<RecordPublisher.Message> events(Deed deed, List<String> runs, Context trace) {
    Instant now = Instant.now();
    return runs.stream()
        .map(
            run ->
                new RecordPublisher.Message(
                    Topics.TRAINING_EVENTS, run, Messages.write(deed.event(run, now)), trace))
        .toList();
  }

  private static List<RecordPublisher.Message> commands(List<String> runs, Context trace) {
    return runs.stream()
        .map(
            run ->
                new RecordPublisher.Message(
                    Topics.TRAINING_COMMANDS,
                    run,
                    Messages.write(new TrainingCommand.Delete(null, run)),
                    trace))
        .toList();
  }

  private static Uni<List<Found>> select(
      Mutiny.StatelessSession session, String sql, String name, String value) {
    return session
        .createNativeQuery(sql, Object[].class)
        .setParameter(name, value)
        .getResultList()
        .map(rows -> rows.stream().map(Found::of).toList());
  }
}
