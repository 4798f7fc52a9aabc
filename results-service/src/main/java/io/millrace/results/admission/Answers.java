package io.millrace.results.admission;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.RefusedBy;
import io.millrace.contracts.event.TrainingEvent.RunQueued;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.messaging.Topics;
import io.millrace.messaging.TraceHeaders;
import io.millrace.results.admission.Admission.Admitted;
import io.millrace.results.admission.Admission.Full;
import io.millrace.results.admission.Admission.QueuedRun;
import io.millrace.results.admission.Admission.Refused;
import io.millrace.results.store.FreshContext;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jboss.logging.Logger;

/** Answers a request's record: decides, and makes the records to publish for it. */
@ApplicationScoped
class Answers {
  private static final Logger LOG = Logger.getLogger(Answers.class);

  private static final long RETRY_NANOS = 50_000_000;
  private static final Duration DATABASE_TIMEOUT = Duration.ofSeconds(30);

  /** A field or a reason in a header is cut to this many characters. */
  private static final int MAX_TEXT = 4_000;

  /** The largest dead letter, with its headers. */
  private static final int MAX_BYTES = Messages.MAX_BYTES + 49_152;

  private final Admission admission;
  private final CatalogueRules rules;
  private final FreshContext contexts;

  Answers(Admission admission, CatalogueRules rules, FreshContext contexts) {
    this.admission = admission;
    this.rules = rules;
    this.contexts = contexts;
  }

  /**
   * Decides, and writes admitted runs to the database.
   *
   * @param stops whether to stop waiting for data set announcements
   * @return the records to publish; empty if nothing is new
   */
  List<ProducerRecord<byte[], byte[]>> to(RequestRecord received, BooleanSupplier stops) {
    RequestRecord record = identified(received);
    try {
      RequestedRuns requested = record.requestedRuns();
      Admission.Outcome now =
          await(() -> admission.look(requested, record.place(), record.owner()));
      if (now instanceof Admitted admitted && !admitted.fresh().isEmpty()) {
        check(
            requested, admitted, record.place().at().plus(CatalogueRules.ANNOUNCEMENT_WAIT), stops);
      }
      Admission.Outcome outcome =
          await(() -> admission.admit(requested, record.place(), record.owner()));
      if (outcome instanceof Refused refused) {
        return reject(record, refused.field(), refused.reason(), refused.conflict());
      }
      if (outcome instanceof Full full) {
        return reject(record, "", full.reason(), isTaken(record.address()));
      }
      return accept(record, requested, ((Admitted) outcome).queued());
    } catch (InvalidMessageException e) {
      return reject(record, e.field(), e.reason(), isTaken(record.address()));
    }
  }

  /**
   * The answer to a record that fails unexpectedly. It repeats no part of the record, which may be
   * the cause: if the answer failed too, admission would stop.
   */
  List<ProducerRecord<byte[], byte[]>> toUnforeseen(RequestRecord record, Throwable failure) {
    String reason = cut("unexpected error in the results service: " + failure + "; see its log");
    String run = record.address();
    return rejection(
        record,
        new RunRejected(null, run, record.place().at(), null, reason, isTaken(run), RefusedBy.DESK),
        "");
  }

  /** A record without an id that an earlier version answered keeps the id that it got then. */
  private RequestRecord identified(RequestRecord received) {
    return received.isWithoutId() && await(() -> admission.wasRequested(received.formerId()))
        ? received.withFormerId()
        : received;
  }

  private boolean isTaken(String run) {
    return await(() -> admission.isTaken(run));
  }

  private <T> T await(Supplier<Uni<? extends T>> question) {
    return contexts.call(question).await().atMost(DATABASE_TIMEOUT);
  }

  /**
   * Checks the request, and repeats a failed check while the data set's announcement may change.
   *
   * @param end when to stop repeating
   */
  private void check(
      RequestedRuns requested, Admitted admitted, Instant end, BooleanSupplier stops) {
    while (true) {
      try {
        rules.check(requested, admitted);
        return;
      } catch (InvalidMessageException e) {
        if (!rules.mayChange(requested) || Instant.now().isAfter(end) || stops.getAsBoolean()) {
          throw e;
        }
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  private static List<ProducerRecord<byte[], byte[]>> accept(
      RequestRecord record, RequestedRuns requested, List<QueuedRun> queued) {
    var answers = new ArrayList<ProducerRecord<byte[], byte[]>>();
    for (QueuedRun run : queued) {
      TrainingRequest request = requested.request().apply(run.index());
      answers.add(queued(record, request, run));
      var event =
          new RunQueued(
              null,
              request.run(),
              record.place().at(),
              request,
              record.place().id(),
              record.owner());
      answers.add(traced(record, Topics.TRAINING_EVENTS, request.run(), Messages.write(event)));
    }
    LOG.infof(
        "%s: queued %d of %s of %s",
        record.place().record(),
        queued.size(),
        Check.count(requested.runs().size(), "run"),
        requested.base());
    return answers;
  }

  private static ProducerRecord<byte[], byte[]> queued(
      RequestRecord record, TrainingRequest request, QueuedRun run) {
    ProducerRecord<byte[], byte[]> queued =
        traced(record, Topics.queue(request.urgency()), request.run(), Messages.write(request));
    queued
        .headers()
        .add(Topics.REQUESTED_AT, bytes(Long.toString(record.place().at().toEpochMilli())));
    if (run.isMoved()) {
      queued.headers().add(Topics.SUCCESSOR_OF, bytes(record.place().record()));
    }
    if (run.claim() > 0) {
      queued.headers().add(Topics.CLAIM_FLOOR, bytes(Integer.toString(run.claim())));
    }
    return queued;
  }

  private static List<ProducerRecord<byte[], byte[]>> reject(
      RequestRecord record, String field, String reason, boolean conflict) {
    String message = cut(field.isEmpty() ? reason : field + ": " + reason);
    return rejection(record, record.rejected(cut(field), message, conflict), cut(field));
  }

  private static List<ProducerRecord<byte[], byte[]>> rejection(
      RequestRecord record, RunRejected event, String field) {
    LOG.infof("%s rejected, run %s: %s", record.place().record(), event.run(), event.reason());
    return List.of(
        traced(record, Topics.TRAINING_EVENTS, event.run(), Messages.write(event)),
        deadLetter(record, event.run(), field, event.reason()));
  }

  /** The record as received, without its value if that leaves no room for the headers. */
  private static ProducerRecord<byte[], byte[]> deadLetter(
      RequestRecord record, String run, String field, String reason) {
    byte[] value = record.record().value();
    var letter =
        new ProducerRecord<>(
            Topics.TRAINING_REQUESTS_DLQ,
            null,
            record.record().key(),
            value != null && value.length > MAX_BYTES ? null : value,
            record.record().headers());
    letter
        .headers()
        .remove(Topics.DLQ_FIELD)
        .remove(Topics.DLQ_REASON)
        .remove(Topics.DLQ_RUN)
        .add(Topics.DLQ_FIELD, bytes(field))
        .add(Topics.DLQ_REASON, bytes(reason))
        .add(Topics.DLQ_RUN, bytes(run));
    return letter;
  }

  private static ProducerRecord<byte[], byte[]> traced(
      RequestRecord record, String topic, String key, byte[] value) {
    var traced = new ProducerRecord<>(topic, bytes(key), value);
    TraceHeaders.write(record.trace(), traced.headers());
    return traced;
  }

  private static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT - 3) + "...";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
