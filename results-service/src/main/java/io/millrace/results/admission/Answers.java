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

/** What the desk answers to a record: the records that are to be published for it. */
@ApplicationScoped
class Answers {
  private static final Logger LOG = Logger.getLogger(Answers.class);

  private static final long LOOK_NANOS = 50_000_000;
  private static final Duration DATABASE = Duration.ofSeconds(30);

  /** A field or a reason is cut to so many characters in a header. */
  private static final int MOST_TEXT = 4_000;

  /** The largest dead letter with its headers. */
  private static final int MOST_BYTES = Messages.MAX_BYTES + 49_152;

  private final Admission admission;
  private final CatalogueRules rules;
  private final FreshContext contexts;

  Answers(Admission admission, CatalogueRules rules, FreshContext contexts) {
    this.admission = admission;
    this.rules = rules;
    this.contexts = contexts;
  }

  /**
   * Decides, and writes to the database what was let in.
   *
   * @param stops whether to wait no longer for news
   * @return what is to be published; empty where all was known before
   */
  List<ProducerRecord<byte[], byte[]>> to(RequestRecord came, BooleanSupplier stops) {
    RequestRecord record = identified(came);
    try {
      RequestedRuns asked = record.asked();
      Admission.Outcome now = await(() -> admission.look(asked, record.place(), record.owner()));
      if (now instanceof Admitted admitted && !admitted.fresh().isEmpty()) {
        check(asked, admitted, record.place().at().plus(CatalogueRules.NEWS), stops);
      }
      Admission.Outcome outcome =
          await(() -> admission.admit(asked, record.place(), record.owner()));
      if (outcome instanceof Refused refused) {
        return refuse(record, refused.field(), refused.reason(), refused.conflict());
      }
      if (outcome instanceof Full full) {
        return refuse(record, "", full.reason(), isTaken(record.address()));
      }
      return accept(record, asked, ((Admitted) outcome).queued());
    } catch (InvalidMessageException e) {
      return refuse(record, e.field(), e.reason(), isTaken(record.address()));
    }
  }

  /**
   * The answer to a record that none of our rules has foreseen. It tells no part of the record,
   * which may be what fails: an answer that fails too would stop the desk.
   */
  List<ProducerRecord<byte[], byte[]>> toUnforeseen(RequestRecord record, Throwable failure) {
    String told = cut("the results service met an unexpected error: " + failure + "; see its log");
    String run = record.address();
    return refusal(
        record,
        new RunRejected(null, run, record.place().at(), null, told, isTaken(run), RefusedBy.DESK),
        "");
  }

  /** A record without an id that an earlier version has answered keeps its id from then. */
  private RequestRecord identified(RequestRecord came) {
    return came.isWithoutId() && await(() -> admission.wasAsked(came.formerId()))
        ? came.answeredBefore()
        : came;
  }

  private boolean isTaken(String run) {
    return await(() -> admission.isTaken(run));
  }

  private <T> T await(Supplier<Uni<? extends T>> question) {
    return contexts.call(question).await().atMost(DATABASE);
  }

  /**
   * Checks, again and again while what is known of the data set may change.
   *
   * @param end until when
   */
  private void check(RequestedRuns asked, Admitted admitted, Instant end, BooleanSupplier stops) {
    while (true) {
      try {
        rules.check(asked, admitted);
        return;
      } catch (InvalidMessageException e) {
        if (!rules.mayChange(asked) || Instant.now().isAfter(end) || stops.getAsBoolean()) {
          throw e;
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
  }

  private static List<ProducerRecord<byte[], byte[]>> accept(
      RequestRecord record, RequestedRuns asked, List<QueuedRun> queued) {
    var answers = new ArrayList<ProducerRecord<byte[], byte[]>>();
    for (QueuedRun run : queued) {
      TrainingRequest request = asked.request().apply(run.index());
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
        "%s: %d of %s of %s to the queue",
        record.place().record(),
        queued.size(),
        Check.count(asked.runs().size(), "run"),
        asked.base());
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

  private static List<ProducerRecord<byte[], byte[]>> refuse(
      RequestRecord record, String field, String reason, boolean conflict) {
    String told = cut(field.isEmpty() ? reason : field + ": " + reason);
    return refusal(record, record.rejected(cut(field), told, conflict), cut(field));
  }

  private static List<ProducerRecord<byte[], byte[]>> refusal(
      RequestRecord record, RunRejected event, String field) {
    LOG.infof("%s refused, run %s: %s", record.place().record(), event.run(), event.reason());
    return List.of(
        traced(record, Topics.TRAINING_EVENTS, event.run(), Messages.write(event)),
        deadLetter(record, event.run(), field, event.reason()));
  }

  /** The record as it came; one that leaves no room for the headers comes without its value. */
  private static ProducerRecord<byte[], byte[]> deadLetter(
      RequestRecord record, String run, String field, String reason) {
    byte[] value = record.record().value();
    var letter =
        new ProducerRecord<>(
            Topics.TRAINING_REQUESTS_DLQ,
            null,
            record.record().key(),
            value != null && value.length > MOST_BYTES ? null : value,
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
    return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT - 3) + "...";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
