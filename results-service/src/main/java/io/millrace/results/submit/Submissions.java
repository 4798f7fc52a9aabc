package io.millrace.results.submit;

import io.millrace.contracts.Check;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.Sweep;
import io.millrace.messaging.Topics;
import io.millrace.results.store.FreshContext;
import io.millrace.results.store.Run;
import io.millrace.results.store.RunState;
import io.millrace.results.store.Sessions;
import io.opentelemetry.context.Context;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * Takes requests and cancellations. What it says yes to lies on Kafka; what it says no to does not.
 * Two that come at the same moment under one id are told apart by the trainer.
 */
@ApplicationScoped
public class Submissions {
  private final Outbox outbox;
  private final FreshContext contexts;

  Submissions(Outbox outbox, FreshContext contexts) {
    this.outbox = outbox;
    this.contexts = contexts;
  }

  /**
   * Takes a request, or a sweep.
   *
   * @return fails with {@link io.millrace.contracts.InvalidMessageException}, {@link
   *     ConflictException} where a run of the id has another request, or {@link
   *     PublishingException}
   */
  public Uni<Submission> submit(byte[] json) {
    // That of the call: other threads go on with it.
    Context trace = Context.current();
    return Uni.createFrom()
        .item(() -> read(json, trace))
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
        .chain(
            asked ->
                contexts
                    .call(() -> known(asked.runs))
                    // Up to 1,000 requests are made and compared: not on an event loop.
                    .emitOn(Infrastructure.getDefaultWorkerPool())
                    .map(known -> asked.answer(known))
                    .call(
                        answer -> answer.isNew() ? outbox.send(Stream.of(asked.letter)) : done()));
  }

  /**
   * @param request by index
   */
  private record Asked(
      String run, List<String> runs, IntFunction<TrainingRequest> request, Outbox.Letter letter) {

    /** Nothing is new where every run is there, with the same request. */
    Submission answer(Map<String, Known> known) {
      boolean isNew = false;
      for (int i = 0; i < runs.size(); i++) {
        Known there = known.get(runs.get(i));
        TrainingRequest asked = request.apply(i);
        if (there == null || there.state == RunState.REJECTED || asked.isExtension()) {
          isNew = true;
        } else if (!SameRequest.is(asked, there.request)) {
          throw new ConflictException(
              "run", Check.quote(runs.get(i)) + " is there with another request; give another id");
        }
      }
      return new Submission(run, runs, isNew);
    }
  }

  private record Known(RunState state, Map<String, Object> request) {}

  private static Asked read(byte[] json, Context trace) {
    String fresh = "run-" + UUID.randomUUID();
    if (Sweep.isSweep(json)) {
      Sweep sweep = Sweep.read(json, fresh);
      return new Asked(
          sweep.base(),
          sweep.runs(),
          sweep::request,
          new Outbox.Letter(Topics.TRAINING_SWEEPS, sweep.base(), json, trace));
    }
    TrainingRequest request = Messages.readRequest(json);
    String run = Check.orElse(request.run(), fresh);
    return new Asked(
        run,
        List.of(run),
        index -> request.withRun(run),
        new Outbox.Letter(Topics.TRAINING_REQUESTS, run, json, trace));
  }

  private static Uni<Map<String, Known>> known(List<String> runs) {
    return Sessions.with(
            session ->
                session
                    .createSelectionQuery(
                        "select r.run, r.state, r.request from Run r where r.run in" + " :runs",
                        Object[].class)
                    .setParameter("runs", runs)
                    .getResultList())
        .map(
            rows -> {
              var known = new HashMap<String, Known>();
              rows.forEach(
                  row -> known.put((String) row[0], new Known((RunState) row[1], json(row[2]))));
              return known;
            });
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> json(Object column) {
    return column == null ? Map.of() : (Map<String, Object>) column;
  }

  /**
   * Tells the trainer of a run to stop it.
   *
   * @return the run's state before; null where no such run is known. Fails with {@link
   *     ConflictException} where it has ended, or {@link PublishingException}
   */
  public Uni<RunState> cancel(String run) {
    Context trace = Context.current();
    return Panache.withSession(() -> Run.<Run>find("run", run).firstResult())
        .chain(
            found -> {
              if (found == null) {
                return Uni.createFrom().nullItem();
              }
              if (found.state != RunState.QUEUED && found.state != RunState.RUNNING) {
                throw new ConflictException(
                    null, "the run " + Check.quote(run) + " has ended; it is " + found.state);
              }
              byte[] command = Messages.write(new TrainingCommand.Cancel(null, run));
              return outbox
                  .send(Stream.of(new Outbox.Letter(Topics.TRAINING_COMMANDS, run, command, trace)))
                  .replaceWith(found.state);
            });
  }

  private static Uni<Void> done() {
    return Uni.createFrom().voidItem();
  }
}
