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
import io.opentelemetry.context.Context;
import io.quarkus.hibernate.reactive.panache.Panache;
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
 * Takes requests and cancellations over HTTP. A request is checked, published, and let in under the
 * place of its record: whoever was told yes finds the run. The desk then reads the record, sees
 * that it was let in, and queues it.
 */
@ApplicationScoped
public class Submissions {
  private static final Duration LOOK = Duration.ofMillis(100);

  private final RecordPublisher outbox;
  private final Admission admission;
  private final CatalogueRules rules;
  private final KafkaCluster cluster;
  private final RunStore store;
  private final FreshContext contexts;

  Submissions(
      RecordPublisher outbox,
      Admission admission,
      CatalogueRules rules,
      KafkaCluster cluster,
      RunStore store,
      FreshContext contexts) {
    this.outbox = outbox;
    this.admission = admission;
    this.rules = rules;
    this.cluster = cluster;
    this.store = store;
    this.contexts = contexts;
  }

  /**
   * Takes a request, or a sweep.
   *
   * @param owner who submits it; null where nobody was asked
   * @return fails with {@link InvalidMessageException}, {@link ConflictException} where a run of
   *     the id has another request, {@link FullException}, or {@link PublishingException}
   */
  public Uni<Submission> submit(byte[] json, String owner) {
    // That of the call: other threads go on with it.
    Context trace = Context.current();
    return checked(json, owner)
        .chain(
            checked ->
                checked.isNew
                    ? publish(checked.asked, json, owner, trace)
                        .replaceWith(submission(checked.asked, true))
                    : Uni.createFrom().item(submission(checked.asked, false)));
  }

  /** What {@link #submit} would say; nothing is published. */
  public Uni<Submission> check(byte[] json, String owner) {
    return checked(json, owner).map(checked -> submission(checked.asked, checked.isNew));
  }

  /**
   * Asks for a run that follows from a sweep: as {@link #submit}, but whether it can be trained is
   * for the trainer to say, so that it comes to an end in any case.
   *
   * @param owner of the sweep; null where nobody was asked
   * @return what the run was let in as; fails with {@link PublishingException}
   */
  public Uni<Admission.Outcome> follow(TrainingRequest request, String owner) {
    return place(RequestedRuns.of(request), Messages.write(request), owner, Context.current());
  }

  private record Checked(RequestedRuns asked, boolean isNew) {}

  private Uni<Checked> checked(byte[] json, String owner) {
    return Uni.createFrom()
        .item(() -> RequestedRuns.read(json, fresh(json)))
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
        .chain(
            asked ->
                contexts
                    .call(() -> admission.look(asked, null, owner))
                    .map(Submissions::admitted)
                    .chain(
                        admitted -> fit(asked, admitted, Instant.now().plus(CatalogueRules.NEWS)))
                    .map(admitted -> new Checked(asked, !admitted.isEmpty())));
  }

  /** The id of a request that names none. */
  private static String fresh(byte[] json) {
    JsonNode message = null;
    try {
      message = Messages.read(json, JsonNode.class);
    } catch (InvalidMessageException e) {
      // It is refused when it is read as a request.
    }
    return RunIds.fresh(message, UUID.randomUUID());
  }

  /**
   * Checks, again and again while what is known of the data set may change.
   *
   * @param end until when
   */
  private Uni<Admitted> fit(RequestedRuns asked, Admitted admitted, Instant end) {
    return Uni.createFrom()
        .item(
            () -> {
              rules.check(asked, admitted);
              return admitted;
            })
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
        .onFailure(failure -> rules.mayChange(asked) && Instant.now().isBefore(end))
        .recoverWithUni(
            failure ->
                Uni.createFrom()
                    .voidItem()
                    .onItem()
                    .delayIt()
                    .by(LOOK)
                    .chain(waited -> fit(asked, admitted, end)));
  }

  private Uni<Admitted> publish(RequestedRuns asked, byte[] json, String owner, Context trace) {
    return place(asked, json, owner, trace).map(Submissions::admitted);
  }

  /** Publishes it, and lets it in under the place of its record. */
  private Uni<Admission.Outcome> place(
      RequestedRuns asked, byte[] json, String owner, Context trace) {
    var letter =
        new RecordPublisher.Letter(
            Topics.TRAINING_REQUESTS,
            asked.base(),
            json,
            trace,
            owner == null ? Map.of() : Map.of(Topics.OWNER, owner));
    return outbox
        .send(letter)
        .map(sent -> place(sent.get(0)))
        .chain(place -> contexts.call(() -> admission.admit(asked, place, owner)));
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

  private static Submission submission(RequestedRuns asked, boolean isNew) {
    return new Submission(asked.base(), asked.runs(), isNew);
  }

  /**
   * Cancels a run: one that waits ends at once, the trainer of one that runs is told.
   *
   * @return the run's state before; null where no such run is known. Fails with {@link
   *     ConflictException} where it has ended, {@link ForeignRunException}, or {@link
   *     PublishingException}
   */
  public Uni<RunState> cancel(String run, Requester requester) {
    Context trace = Context.current();
    return Panache.withSession(() -> Run.<Run>find("run", run).firstResult())
        .chain(
            found -> {
              if (found == null) {
                return Uni.createFrom().nullItem();
              }
              if (!requester.mayChange(found.owner)) {
                throw new ForeignRunException(run, found.owner);
              }
              boolean waits = found.state == RunState.QUEUED || found.extending;
              if (!waits && found.state != RunState.RUNNING) {
                throw new ConflictException(
                    null, "the run " + Check.quote(run) + " has ended; it is " + found.state);
              }
              byte[] command = Messages.write(new TrainingCommand.Cancel(null, run));
              return outbox
                  .send(new RecordPublisher.Letter(Topics.TRAINING_COMMANDS, run, command, trace))
                  .call(sent -> waits ? withdraw(run, trace) : Uni.createFrom().voidItem())
                  .replaceWith(found.state);
            });
  }

  /** Ends a run that waits, or the wait of an extension; one that was taken up meanwhile stays. */
  public Uni<Void> withdraw(String run, Context trace) {
    var event = new TrainingEvent.RunCancelled(null, run, Instant.now(), null);
    return outbox
        .send(new RecordPublisher.Letter(Topics.TRAINING_EVENTS, run, Messages.write(event), trace))
        .chain(
            sent -> contexts.call(() -> store.write(Rows.of(new Rows.Withdrawn(run, event.at())))))
        .replaceWithVoid();
  }
}
