package io.millrace.trainer.intake;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.ForeseenData;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.BatchSource;
import io.millrace.messaging.Cancellations;
import io.millrace.messaging.Delivery;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import io.millrace.messaging.TraceHeaders;
import io.millrace.messaging.WorkQueue;
import io.millrace.messaging.WorkQueue.Outcome;
import io.millrace.trainer.events.Events;
import io.millrace.trainer.events.Outbox;
import io.millrace.trainer.events.TrainerMetrics;
import io.millrace.trainer.feed.BatchFeed;
import io.millrace.trainer.feed.FeedException;
import io.millrace.trainer.feed.FeedLimits;
import io.millrace.trainer.intake.ClaimRules.Decision;
import io.millrace.trainer.store.Claim;
import io.millrace.trainer.store.RunStore;
import io.millrace.trainer.store.StoreAwayException;
import io.millrace.trainer.training.RequestRefused;
import io.millrace.trainer.training.RunFailure;
import io.millrace.trainer.training.RunFiles;
import io.millrace.trainer.training.RunSignals;
import io.millrace.trainer.training.RunStopped;
import io.millrace.trainer.training.TrainingRun;
import io.millrace.trainer.training.TrainingRun.Workshop;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Answers each record of the queue: refuses it, tells again how its run ended, or trains it. Every
 * step can be done again: a trainer may die between any two of them, and the next delivery
 * finishes.
 */
public final class RequestDesk implements WorkQueue.Worker {
  private static final Logger LOG = Logger.getLogger(RequestDesk.class);
  private static final Duration BACK_OFF = Duration.ofSeconds(3);

  /**
   * What the desk works with.
   *
   * @param cluster Kafka's id of the cluster
   * @param maxDeliveries how many trainers in a row may die over a run that gets no further
   */
  public record Setup(
      String cluster,
      int maxDeliveries,
      FeedLimits limits,
      BatchFeed.Kafka kafka,
      Cancellations cancellations,
      Workshop workshop) {}

  private final Setup setup;
  private final Outbox outbox;
  private final TrainerMetrics metrics;
  private final RunFiles files;
  private final RunStore store;
  private final ClaimRules rules;
  private volatile Claim inHand;

  /** A desk. */
  public RequestDesk(Setup setup) {
    this.setup = setup;
    outbox = setup.kafka.outbox();
    metrics = setup.workshop.metrics();
    files = setup.workshop.files();
    store = files.store();
    rules = new ClaimRules(setup.maxDeliveries);
  }

  @Override
  public Outcome work(Delivery delivery) {
    IncomingRequest incoming = IncomingRequest.read(delivery.record(), setup.cluster);
    Span span = span(incoming, delivery);
    MDC.put("run", incoming.run());
    metrics.busy(true);
    if (delivery.count() == 1) {
      metrics.requestTaken(clock().millis() - delivery.record().timestamp());
    }
    try (Scope current = TraceHeaders.enter(span)) {
      return persist(incoming, delivery);
    } finally {
      span.end();
      metrics.busy(false);
      MDC.remove("run");
    }
  }

  /** A delivery of a run, in the trace of its request: whoever resumes it goes on with that. */
  private Span span(IncomingRequest incoming, Delivery delivery) {
    return setup
        .workshop
        .tracer()
        .spanBuilder("run")
        .setParent(TraceHeaders.read(delivery.record().headers()))
        .setSpanKind(SpanKind.CONSUMER)
        .setAttribute("millrace.run", incoming.run())
        .setAttribute("millrace.delivery", delivery.count())
        .startSpan();
  }

  private void count(String outcome) {
    metrics.run(outcome);
    Span.current().setAttribute("millrace.outcome", outcome.toLowerCase(Locale.ROOT));
  }

  /** A record that cannot be dealt with is put aside, whatever it holds, and its run is told. */
  @Override
  public void failed(Delivery delivery, Throwable failure) {
    String reason = "the trainer met an unexpected error: " + failure + "; see its log";
    byte[] key = delivery.record().key();
    String run = key == null ? "" : new String(key, StandardCharsets.UTF_8);
    try {
      refuse(delivery.record(), Check.name("run", run), "", reason, false);
    } catch (InvalidMessageException e) {
      outbox.deadLetter(delivery.record(), run, "", reason);
      outbox.confirm();
    }
  }

  /** A step that takes long is not waited for: the next trainer makes it again. */
  @Override
  public void abandoned(Delivery delivery) {
    Claim claim = inHand;
    if (claim != null) {
      try {
        store.put(claim.givenBack());
      } catch (UncheckedIOException e) {
        LOG.warnf("Run %s counts as lost: %s", claim.run(), e.getMessage());
      }
    }
  }

  /**
   * Answers, again and again where Kafka or the model store is in trouble. The record stays in hand
   * meanwhile, as long as its lock can be renewed: giving it back would use up its deliveries, and
   * after the last one the broker drops it.
   */
  private Outcome persist(IncomingRequest incoming, Delivery delivery) {
    while (true) {
      try {
        return answer(incoming, delivery);
      } catch (KafkaException | UncheckedIOException e) {
        LOG.warnf("Held for now: %s; trying again", e.getMessage());
        if (!delivery.pause(BACK_OFF)) {
          count("released");
          return Outcome.RELEASE;
        }
      }
    }
  }

  private Outcome answer(IncomingRequest incoming, Delivery delivery) {
    if (incoming.complaint() == null) {
      try {
        return decide(incoming, delivery);
      } catch (InvalidMessageException e) {
        LOG.errorf("Refused: the run's files in the model store are damaged: %s", e.getMessage());
        refuse(
            delivery.record(),
            incoming.run(),
            "run",
            "run: its files in the model store cannot be read; give another run id",
            true);
        return Outcome.ACCEPT;
      }
    }
    LOG.infof("Refused: %s", incoming.complaint().getMessage());
    refuse(
        delivery.record(),
        incoming.run(),
        incoming.complaint().field(),
        incoming.complaint().getMessage(),
        store.claim(incoming.run()).filter(Claim::holdsItsId).isPresent());
    return Outcome.ACCEPT;
  }

  private Outcome decide(IncomingRequest incoming, Delivery delivery) {
    Claim fresh =
        Claim.first(
            setup.cluster,
            incoming.place(),
            delivery.count(),
            setup.workshop.trainer(),
            now(),
            incoming.request());
    Decision decision;
    do {
      decision = decide(incoming, fresh);
      if (decision instanceof Decision.Train train && train.claim().version() == 1) {
        decision = foreseen(train);
      }
    } while (decision instanceof Decision.Train train && !store.put(train.claim())
        || decision instanceof Decision.PutBack putBack && !store.put(putBack.claim())
        || decision instanceof Decision.GiveUp giveUp && !store.put(giveUp.claim()));
    if (decision instanceof Decision.Train train) {
      return train(train.claim(), delivery);
    } else if (decision instanceof Decision.PutBack) {
      LOG.infof("Put on the queue anew after %d deliveries", delivery.count());
      outbox.putBack(delivery.record(), incoming.place());
      outbox.confirm();
    } else if (decision instanceof Decision.GiveUp giveUp) {
      fail(giveUp.claim(), giveUp.reason(), giveUp.claim().step());
    } else if (decision instanceof Decision.Repeat repeat) {
      LOG.infof("Ended before as %s; told again", repeat.ended().state());
      tell(repeat.ended());
    } else if (decision instanceof Decision.Refuse refuse) {
      String reason = refuse.field() + ": " + refuse.reason();
      LOG.infof("Refused: %s", reason);
      refuse(delivery.record(), incoming.run(), refuse.field(), reason, refuse.conflict());
    } else if (decision instanceof Decision.Ignore) {
      LOG.info("The same request is being trained already");
    } else if (decision instanceof Decision.Late) {
      LOG.warn("A later delivery of this request is in other hands");
      delivery.pause(BACK_OFF);
      return Outcome.RELEASE;
    }
    return Outcome.ACCEPT;
  }

  private Decision decide(IncomingRequest incoming, Claim fresh) {
    Optional<Claim> current = store.claim(incoming.run());
    return rules.decide(
        current,
        new ClaimRules.Arrival(
            fresh, incoming.successorOf(), current.map(this::reached).orElse(0L)));
  }

  /** Refuses a network that cannot be, or needs too much memory, before anything is made for it. */
  private Decision foreseen(Decision.Train train) {
    TrainingRequest request = train.claim().request();
    try {
      ForeseenData.of(request).ifPresent(data -> setup.workshop.planner().plan(request, data));
      return train;
    } catch (InvalidMessageException e) {
      String reason = e.getMessage().substring(e.field().length()).replaceFirst("^: ", "");
      return new Decision.Refuse(e.field(), reason, false);
    } catch (RuntimeException e) {
      // A request never stops the queue: where nobody has thought of this, its run fails of it.
      LOG.warn("The network cannot be foreseen", e);
      return train;
    }
  }

  private long reached(Claim claim) {
    try {
      return files.checkpointsOf(claim).newestStep();
    } catch (IOException e) {
      throw new UncheckedIOException("the checkpoints: " + e.getMessage(), e);
    }
  }

  private Outcome train(Claim claim, Delivery delivery) {
    var signals = new Signals(delivery, claim.request());
    var run = new TrainingRun(setup.workshop, claim, signals);
    inHand = claim;
    try {
      return train(claim, delivery, signals, run);
    } catch (RunStopped e) {
      if (e.reason() == RunStopped.Reason.CANCELLED) {
        Long step = run.step();
        end(
            claim,
            Claim.State.CANCELLED,
            new TrainingEvent.RunCancelled(null, claim.run(), now(), step));
        return Outcome.ACCEPT;
      }
      LOG.infof(
          e.reason() == RunStopped.Reason.LOST
              ? "Stopped at step %s: another trainer has it"
              : "Stopped at step %s and given back",
          run.step());
      if (e.reason() == RunStopped.Reason.CLOSING) {
        store.put(claim.givenBack());
      }
      count("released");
      return Outcome.RELEASE;
    } finally {
      inHand = null;
    }
  }

  private Outcome train(Claim claim, Delivery delivery, Signals signals, TrainingRun run) {
    try {
      signals.check();
      TrainingEvent.RunCompleted completed;
      try (var feed =
          new BatchFeed(
              setup.kafka, BatchSource.of(claim.request()), setup.limits, signals::check)) {
        completed = run.run(feed);
      }
      end(claim, Claim.State.COMPLETED, completed);
    } catch (RunStopped | KafkaException | UncheckedIOException e) {
      throw e;
    } catch (RequestRefused e) {
      if (store.has(claim.run(), RunStore.STARTED)) {
        // It was good when it started: what it needs has changed since.
        fail(claim, e.getMessage(), run.step());
        return Outcome.ACCEPT;
      }
      outbox.deadLetter(delivery.record(), claim.run(), e.field(), e.getMessage());
      end(
          claim,
          Claim.State.REJECTED,
          new TrainingEvent.RunRejected(
              null, claim.run(), now(), e.field(), e.getMessage(), false));
    } catch (RunFailure | FeedException e) {
      fail(claim, e.getMessage(), run.step());
    } catch (StoreAwayException e) {
      throw new UncheckedIOException("the model store: " + e.getMessage(), e);
    } catch (IOException e) {
      LOG.error("The run's files", e);
      fail(claim, "the trainer could not read or write the run's files: " + e, run.step());
    } catch (RuntimeException | Error e) {
      LOG.error("The run fails", e);
      if (MemoryShortage.isBehind(e)) {
        fail(claim, MemoryShortage.REASON, run.step());
        return Outcome.ACCEPT;
      }
      fail(claim, "the trainer met an unexpected error: " + e + "; see its log", run.step());
    }
    return Outcome.ACCEPT;
  }

  private void fail(Claim claim, String reason, Long step) {
    Span.current().setStatus(StatusCode.ERROR, reason);
    end(
        claim,
        Claim.State.FAILED,
        new TrainingEvent.RunFailed(null, claim.run(), now(), reason + stands(claim), step));
  }

  /** What the failure of an extension leaves as it was. */
  private String stands(Claim claim) {
    if (!claim.request().isExtension()) {
      return "";
    }
    return store.has(claim.run(), RunStore.MODEL)
        ? "; the model of before the extension stands, and the run can be extended again"
        : "; what was trained before stands, and the run can be extended again";
  }

  /** Writes the end down, if the run is still ours, and then tells it. */
  private void end(Claim claim, Claim.State state, TrainingEvent event) {
    if (!store.isCurrent(claim)) {
      throw new RunStopped(RunStopped.Reason.LOST);
    }
    try {
      store.write(claim, RunStore.RESULT, event);
    } catch (IOException e) {
      throw new UncheckedIOException("the model store: " + e, e);
    }
    Claim ended = claim.ended(state, now());
    outbox.confirm();
    if (!store.put(ended)) {
      throw new RunStopped(RunStopped.Reason.LOST);
    }
    LOG.infof("Ended: %s", event);
    tell(ended);
    count(state.name());
  }

  /** Tells a run's end, and sweeps up what it no longer needs. */
  private void tell(Claim ended) {
    Events events = outbox.under(ended.version());
    if (ended.end().state() == Claim.State.COMPLETED) {
      publish(events, ended, RunStore.EVALUATION);
    }
    publish(events, ended, RunStore.RESULT);
    events.confirm();
    try {
      sweep(ended);
      new TopicProvisioner(setup.kafka.admin()).delete(Topics.batches(ended.run()));
    } catch (IOException | KafkaException e) {
      LOG.warnf("Left behind: %s", e.getMessage());
    }
  }

  private void publish(Events events, Claim ended, String file) {
    store
        .read(ended, file)
        .ifPresent(event -> events.publish(Messages.read(event, TrainingEvent.class)));
  }

  /** The last checkpoint of a run that may be extended stays. */
  private void sweep(Claim ended) throws IOException {
    switch (ended.end().state()) {
      case COMPLETED -> {
        files.checkpointsOf(ended).keepNewest();
        store.forgetBefore(ended);
      }
      case CANCELLED -> files.checkpointsOf(ended).keepNewest();
      case FAILED, REJECTED -> {
        if (ended.request().isExtension()) {
          files.checkpointsOf(ended).keepNewest();
        } else {
          files.checkpointsOf(ended).clear();
          files.bestWeightsOf(ended, () -> {}).clear();
        }
      }
    }
  }

  private void refuse(
      ConsumerRecord<byte[], byte[]> record,
      String run,
      String field,
      String reason,
      boolean conflict) {
    outbox.deadLetter(record, run, field, reason);
    outbox.publish(
        // The record's own time: told again, it is the same refusal.
        new TrainingEvent.RunRejected(
            null,
            run,
            Instant.ofEpochMilli(record.timestamp()),
            field.isEmpty() ? null : field,
            reason,
            conflict));
    outbox.confirm();
    count("rejected");
  }

  private Instant now() {
    return clock().instant();
  }

  private Clock clock() {
    return setup.workshop.clock();
  }

  private final class Signals implements RunSignals {
    private final Delivery delivery;
    private final TrainingRequest request;

    private Signals(Delivery delivery, TrainingRequest request) {
      this.delivery = delivery;
      this.request = request;
    }

    @Override
    public boolean isLost() {
      delivery.progressed();
      return delivery.isLost();
    }

    @Override
    public boolean isClosing() {
      return delivery.isClosing();
    }

    @Override
    public boolean isCancelled() {
      return setup.cancellations.isCancelled(request.run(), delivery.requestedAt());
    }
  }
}
