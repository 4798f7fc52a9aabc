package io.millrace.results.submission;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.RunIds;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.messaging.Topics;
import io.millrace.results.admission.Admission;
import io.millrace.results.admission.Admission.Admitted;
import io.millrace.results.admission.Admission.Full;
import io.millrace.results.admission.Admission.Refused;
import io.millrace.results.admission.CatalogueRules;
import io.millrace.results.admission.KafkaCluster;
import io.millrace.results.admission.RequestPlace;
import io.millrace.results.admission.RequestedRuns;
import io.millrace.results.store.FreshContext;
import io.millrace.results.store.Rows;
import io.millrace.results.store.Run;
import io.millrace.results.store.RunState;
import io.millrace.results.store.RunStore;
import io.millrace.results.store.Sessions;
import io.opentelemetry.context.Context;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;

/**
 * Accepts requests and cancellations over HTTP. A request is checked, published, and admitted with
 * the place of its record, so that an accepted run can be read at once. The admission session then
 * reads the record, finds it admitted, and queues the runs.
 */
@ApplicationScoped
public class Submissions {
  private static final Duration RETRY_DELAY = Duration.ofMillis(100);

  private final RecordPublisher publisher;
  private final Admission admission;
  private final CatalogueRules rules;
  private final KafkaCluster cluster;
  private final RunStore store;
  private final FreshContext contexts;

  Submissions(
      RecordPublisher publisher,
      Admission admission,
      CatalogueRules rules,
      KafkaCluster cluster,
      RunStore store,
      FreshContext contexts) {
    this.publisher = publisher;
    this.admission = admission;
    this.rules = rules;
    this.cluster = cluster;
    this.store = store;
    this.contexts = contexts;
  }

  /**
   * Submits a request, or a sweep.
   *
   * @param owner who submits it; null if authentication is off
   * @return fails with {@link InvalidMessageException}, {@link ConflictException} if a run with the
   *     id has another request, {@link FullException}, or {@link PublishingException}
   */
  public Uni<Submission> submit(byte[] json, String owner) {
    // Read here, because other threads continue the call.
    Context trace = Context.current();
    return checked(json, owner)
        .chain(
            checked ->
                checked.isNew
                    ? publish(checked.requested, json, owner, trace)
                        .replaceWith(submission(checked.requested, true))
                    : Uni.createFrom().item(submission(checked.requested, false)));
  }

  /** What {@link #submit} would return; publishes nothing. */
  public Uni<Submission> check(byte[] json, String owner) {
    return checked(json, owner).map(checked -> submission(checked.requested, checked.isNew));
  }

  /**
   * Submits a further run of a sweep. Unlike {@link #submit}, it does not check whether the run can
   * be trained: the trainer does, so that the run ends in any case.
   *
   * @param owner of the sweep; null if authentication is off
   * @return the result of the admission; fails with {@link PublishingException}
   */
  public Uni<Admission.Outcome> follow(TrainingRequest request, String owner) {
    return admit(RequestedRuns.of(request), Messages.write(request), owner, Context.current());
  }

  private record Checked(RequestedRuns requested, boolean isNew) {}

  private Uni<Checked> checked(byte[] json, String owner) {
    return Uni.createFrom()
        .item(() -> RequestedRuns.read(json, freshId(json)))
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
        .chain(
            requested ->
                contexts
                    .call(() -> admission.look(requested, null, owner))
                    .map(Submissions::admitted)
                    .chain(
                        admitted ->
                            checkedAgainstCatalogue(
                                requested,
                                admitted,
                                Instant.now().plus(CatalogueRules.ANNOUNCEMENT_WAIT)))
                    .map(admitted -> new Checked(requested, !admitted.isEmpty())));
  }

  /** A new id for a request without one. */
  private static String freshId(byte[] json) {
    JsonNode message = null;
    try {
      message = Messages.read(json, JsonNode.class);
    } catch (InvalidMessageException e) {
      // Reading it as a request fails too, and reports why.
    }
    return RunIds.fresh(message, UUID.randomUUID());
  }

  /**
   * Checks the request, and repeats a failed check while the data set's announcement may change.
   *
   * @param end when to stop repeating
   */
  private Uni<Admitted> checkedAgainstCatalogue(
      RequestedRuns requested, Admitted admitted, Instant end) {
    return Uni.createFrom()
        .item(
            () -> {
              rules.check(requested, admitted);
              return admitted;
            })
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
        .onFailure(failure -> rules.mayChange(requested) && Instant.now().isBefore(end))
        .recoverWithUni(
            failure ->
                Uni.createFrom()
                    .voidItem()
                    .onItem()
                    .delayIt()
                    .by(RETRY_DELAY)
                    .chain(waited -> checkedAgainstCatalogue(requested, admitted, end)));
  }

  private Uni<Admitted> publish(RequestedRuns requested, byte[] json, String owner, Context trace) {
    return admit(requested, json, owner, trace).map(Submissions::admitted);
  }

  /** Publishes the request, and admits it with the place of its record. */
  private Uni<Admission.Outcome> admit(
      RequestedRuns requested, byte[] json, String owner, Context trace) {
    var message =
        new RecordPublisher.Message(
            Topics.TRAINING_REQUESTS,
            requested.base(),
            json,
            trace,
            owner == null ? Map.of() : Map.of(Topics.OWNER, owner));
    return publisher
        .send(message)
        .map(sent -> place(sent.get(0)))
        .chain(place -> contexts.call(() -> admission.admit(requested, place, owner)));
  }

  private RequestPlace place(RecordMetadata record) {
    try {
      return new RequestPlace(
          cluster.id(),
          record.topic() + "-" + record.partition() + "@" + record.offset(),
          Instant.ofEpochMilli(record.timestamp()));
    } catch (KafkaException e) {
      throw new PublishingException(e);
    }
  }

  private static Admitted admitted(Admission.Outcome outcome) {
    if (outcome instanceof Refused refused) {
      String message = refused.field() + ": " + refused.reason();
      throw refused.conflict()
          ? new ConflictException(refused.field(), message)
          : new InvalidMessageException(refused.field(), refused.reason());
    }
    if (outcome instanceof Full full) {
      throw new FullException(full.reason());
    }
    return (Admitted) outcome;
  }

  private static Submission submission(RequestedRuns requested, boolean isNew) {
    return new Submission(requested.base(), requested.runs(), isNew);
  }

  /**
   * Cancels a run. A queued run ends at once; the trainer of a running run is notified.
   *
   * @return the run's state before; null if the run does not exist. Fails with {@link
   *     ConflictException} if it has ended, {@link ForeignRunException}, or {@link
   *     PublishingException}
   */
  public Uni<RunState> cancel(String run, Requester requester) {
    Context trace = Context.current();
    return Sessions.<Run>with(session -> Run.<Run>find("run", run).firstResult())
        .chain(
            found -> {
              if (found == null) {
                return Uni.createFrom().nullItem();
              }
              if (!requester.mayChange(found.owner)) {
                throw new ForeignRunException(run, found.owner);
              }
              boolean isQueued = found.state == RunState.QUEUED || found.extending;
              if (!isQueued && found.state != RunState.RUNNING) {
                throw new ConflictException(
                    null, "the run " + Check.quote(run) + " has ended; it is " + found.state);
              }
              byte[] command = Messages.write(new TrainingCommand.Cancel(null, run));
              return publisher
                  .send(new RecordPublisher.Message(Topics.TRAINING_COMMANDS, run, command, trace))
                  .call(sent -> isQueued ? withdraw(run, trace) : Uni.createFrom().voidItem())
                  .replaceWith(found.state);
            });
  }

  /**
   * Ends a queued run, or withdraws a queued extension. A run that a trainer has started meanwhile
   * stays.
   */
  public Uni<Void> withdraw(String run, Context trace) {
    var event = new TrainingEvent.RunCancelled(null, run, Instant.now(), null);
    return publisher
        .send(
            new RecordPublisher.Message(Topics.TRAINING_EVENTS, run, Messages.write(event), trace))
        .chain(
            sent -> contexts.call(() -> store.write(Rows.of(new Rows.Withdrawn(run, event.at())))))
        .replaceWithVoid();
  }
}
