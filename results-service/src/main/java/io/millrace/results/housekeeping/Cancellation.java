package io.millrace.results.housekeeping;

import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.millrace.results.store.FreshContext;
import io.millrace.results.store.PlanStore;
import io.millrace.results.store.Rows;
import io.millrace.results.store.RunStore;
import io.millrace.results.submission.ForeignRunException;
import io.millrace.results.submission.RecordPublisher;
import io.millrace.results.submission.Requester;
import io.opentelemetry.context.Context;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Cancels all queued and running runs of an experiment. Its plans end first, so that no new runs
 * appear meanwhile.
 */
@ApplicationScoped
public class Cancellation {
  private static final int PAGE = 200;

  private static final String UNFINISHED =
      """
      select run, state, owner, extending
      from run
      where experiment = :experiment and run > :after
        and (state in ('QUEUED', 'RUNNING') or extending)
      order by run
      limit :page
      """;

  private static final String KNOWN =
      """
      select exists (select from run where experiment = :experiment)
             or exists (select from adaptive where experiment = :experiment)
      """;

  private final Mutiny.SessionFactory sessions;
  private final RunStore store;
  private final RecordPublisher publisher;
  private final FreshContext contexts;

  Cancellation(
      Mutiny.SessionFactory sessions,
      RunStore store,
      RecordPublisher publisher,
      FreshContext contexts) {
    this.sessions = sessions;
    this.store = store;
    this.publisher = publisher;
    this.contexts = contexts;
  }

  /** The result of a cancellation. */
  @Schema(description = "The result of the cancellation.")
  public record Cancelled(
      @Schema(
              description =
                  "The number of cancelled runs, including running ones whose trainers are notified.")
          int runs,
      @Schema(description = "The number of runs that continue because they belong to another user.")
          int left,
      @Schema(
              description =
                  "The number of adaptive sweeps and searches that this cancellation has ended.")
          int sweeps) {}

  private record Found(String run, String state, String owner, boolean extending) {
    static Found of(Object[] row) {
      return new Found((String) row[0], (String) row[1], (String) row[2], (Boolean) row[3]);
    }

    boolean waits() {
      return state.equals("QUEUED") || extending;
    }
  }

  /**
   * Cancels the runs and plans that the requester may cancel.
   *
   * @return null if the experiment does not exist. Fails with {@link ForeignRunException} if all
   *     unfinished runs belong to other users, or with {@link
   *     io.millrace.results.submission.PublishingException}
   */
  public Uni<Cancelled> experiment(String experiment, Requester requester) {
    Context trace = Context.current();
    String who = requester.name() == null ? "a user" : requester.name();
    return contexts
        .call(
            () ->
                sessions.withStatelessTransaction(
                    session ->
                        PlanStore.end(
                            session,
                            experiment,
                            requester.isAdmin() ? null : requester.name(),
                            PlanStore.CANCELLED_BY + who)))
        .chain(sweeps -> pages(experiment, requester, trace, "", new Cancelled(0, 0, sweeps)))
        .chain(
            done ->
                done.runs + done.left + done.sweeps > 0
                    ? Uni.createFrom().item(done)
                    : known(experiment).map(known -> known ? done : null));
  }

  private Uni<Boolean> known(String experiment) {
    return contexts.call(
        () ->
            sessions.withStatelessSession(
                session ->
                    session
                        .createNativeQuery(KNOWN, Boolean.class)
                        .setParameter("experiment", experiment)
                        .getSingleResult()));
  }

  private Uni<Cancelled> pages(
      String experiment, Requester requester, Context trace, String after, Cancelled before) {
    return contexts
        .call(() -> page(experiment, after))
        .chain(
            page -> {
              List<Found> own =
                  page.stream().filter(run -> requester.mayChange(run.owner)).toList();
              if (page.size() < PAGE && before.runs + before.sweeps + own.size() == 0) {
                refuseForeign(page);
              }
              var soFar =
                  new Cancelled(
                      before.runs + own.size(),
                      before.left + page.size() - own.size(),
                      before.sweeps);
              return cancelled(own, trace)
                  .chain(
                      done ->
                          page.size() < PAGE
                              ? Uni.createFrom().item(soFar)
                              : pages(experiment, requester, trace, page.get(PAGE - 1).run, soFar));
            });
  }

  private static void refuseForeign(List<Found> page) {
    if (!page.isEmpty()) {
      throw new ForeignRunException(page.get(0).run, page.get(0).owner);
    }
  }

  private Uni<List<Found>> page(String experiment, String after) {
    return sessions.withStatelessSession(
        session ->
            session
                .createNativeQuery(UNFINISHED, Object[].class)
                .setParameter("experiment", experiment)
                .setParameter("after", after)
                .setParameter("page", PAGE)
                .getResultList()
                .map(rows -> rows.stream().map(Found::of).toList()));
  }

  /** Notifies the trainers of all runs, and ends the queued ones. */
  private Uni<?> cancelled(List<Found> runs, Context trace) {
    if (runs.isEmpty()) {
      return Uni.createFrom().voidItem();
    }
    Instant now = Instant.now();
    List<String> waiting = runs.stream().filter(Found::waits).map(Found::run).toList();
    var messages = new ArrayList<RecordPublisher.Message>();
    for (Found run : runs) {
      byte[] command = Messages.write(new TrainingCommand.Cancel(null, run.run));
      messages.add(new RecordPublisher.Message(Topics.TRAINING_COMMANDS, run.run, command, trace));
    }
    for (String run : waiting) {
      byte[] event = Messages.write(new TrainingEvent.RunCancelled(null, run, now, null));
      messages.add(new RecordPublisher.Message(Topics.TRAINING_EVENTS, run, event, trace));
    }
    return publisher
        .publish(messages)
        .chain(
            sent ->
                waiting.isEmpty()
                    ? Uni.createFrom().item(0)
                    : contexts.call(() -> store.write(withdrawn(waiting, now))));
  }

  private static Rows withdrawn(List<String> runs, Instant at) {
    Stream<Rows.Turn> turns = runs.stream().map(run -> new Rows.Withdrawn(run, at));
    return new Rows(
        turns.toList(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
  }
}
