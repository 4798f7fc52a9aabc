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
 * Archives, restores and deletes. The event comes first, so that a database that is filled again
 * from the topics knows of it; then the tables, in the same transaction that holds the rows; last,
 * of a deletion, the command to the trainers, who delete the files.
 */
@ApplicationScoped
public class Housekeeping {
  /** How many runs are held in one transaction. */
  private static final int PAGE = 200;

  /**
   * How often a page is tried again where events of the same runs are written meanwhile, in another
   * order.
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
  private final RecordPublisher outbox;
  private final FreshContext contexts;

  Housekeeping(
      Mutiny.SessionFactory sessions,
      RunStore store,
      Tombstones tombstones,
      RecordPublisher outbox,
      FreshContext contexts) {
    this.sessions = sessions;
    this.store = store;
    this.tombstones = tombstones;
    this.outbox = outbox;
    this.contexts = contexts;
  }

  /** A row of {@link #COLUMNS}. */
  private record Found(
      String run, String state, boolean archived, String owner, boolean extending) {
    static Found of(Object[] row) {
      return new Found(
          (String) row[0], (String) row[1], (Boolean) row[2], (String) row[3], (Boolean) row[4]);
    }

    /** Fails unless the deed may be done with this run. */
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
   * Does it with a run.
   *
   * @return how many runs were changed: 0 where nothing was left to do; null where no such run is
   *     known. Fails with {@link ConflictException} where it has not ended, with {@link
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

  /** Of a run that was deleted before, the files too: whoever did it may not have come so far. */
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
                    : outbox.publish(commands(List.of(run), trace)).replaceWith(0));
  }

  /**
   * Does it with all runs of an experiment, page by page; with none of them where one has not ended
   * or belongs to somebody else.
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

  /** Of an experiment that is deleted, also what its seeds have decided. */
  private Uni<?> forgotten(Deed deed, String experiment) {
    return deed == Deed.DELETE
        ? contexts.call(
            () ->
                sessions.withStatelessTransaction(session -> PlanStore.forget(session, experiment)))
        : Uni.createFrom().voidItem();
  }

  /** Fails where further runs may be asked for at any moment. */
  private static void checkPlan(Deed deed, String experiment, PlanStore.Plan plan) {
    if (plan != null && plan.endedAt() == null && deed != Deed.RESTORE) {
      throw new ConflictException(
          null,
          "the experiment "
              + Check.quote(experiment)
              + (plan.search() == null
                  ? " goes on until it is decided"
                  : " is a search that goes on")
              + "; only one that has ended can be "
              + deed.done()
              + ": cancel it first");
    }
  }

  /** How many runs the experiment has. */
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

  /** The rows that are to be changed, held. */
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
                    ? outbox.publish(
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
    // The session goes on where it began.
    io.vertx.core.Context context = Vertx.currentContext();
    return outbox
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

  private static List<RecordPublisher.Letter> events(Deed deed, List<String> runs, Context trace) {
    Instant now = Instant.now();
    return runs.stream()
        .map(
            run ->
                new RecordPublisher.Letter(
                    Topics.TRAINING_EVENTS, run, Messages.write(deed.event(run, now)), trace))
        .toList();
  }

  private static List<RecordPublisher.Letter> commands(List<String> runs, Context trace) {
    return runs.stream()
        .map(
            run ->
                new RecordPublisher.Letter(
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
