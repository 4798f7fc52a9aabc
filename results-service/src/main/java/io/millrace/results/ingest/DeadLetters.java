package io.millrace.results.ingest;

import io.millrace.contracts.Check;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.millrace.results.ingest.RecordDecoder.Unreadable;
import io.millrace.results.store.Outage;
import io.millrace.results.submission.RecordPublisher;
import io.millrace.results.submission.RecordPublisher.Letter;
import io.opentelemetry.context.Context;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Puts records of {@code training-events} that are wrong themselves on {@code training-events-dlq},
 * with the reason. While Kafka does not take them, for want of a right or of a broker, they are
 * held, and the service is not ready.
 */
@ApplicationScoped
public class DeadLetters {
  private static final Logger LOG = Logger.getLogger(DeadLetters.class);
  private static final int MAX_REASON = 4_000;
  private static final int MAX_KEY = 1_000;
  private static final int MAX_LINE = 300;

  private final RecordPublisher outbox;
  private final IngestFault fault;
  private final IngestMetrics metrics;

  DeadLetters(RecordPublisher outbox, IngestFault fault, IngestMetrics metrics) {
    this.outbox = outbox;
    this.fault = fault;
    this.metrics = metrics;
  }

  /** A record that cannot be read. */
  Uni<Void> unreadable(Unreadable unreadable) {
    ConsumerRecord<String, byte[]> record = unreadable.record();
    metrics.skipped(record.topic(), "undecodable");
    String place = record.topic() + "-" + record.partition() + "@" + record.offset();
    return bury(record.key(), record.value(), place + ": " + unreadable.why());
  }

  /** An event that PostgreSQL refuses. */
  Uni<Void> refused(ReceivedEvent event, Throwable failure) {
    metrics.skipped(Topics.TRAINING_EVENTS, "refused");
    String run = event.event().run();
    return bury(run, event.told(), "the database refuses it: " + Outage.describe(failure));
  }

  /** One that leaves no room for the reason comes without its value. */
  private Uni<Void> bury(String run, byte[] value, String why) {
    String key = run == null || run.length() > MAX_KEY ? null : run;
    MDC.put("run", key == null ? "" : Check.visible(key));
    try {
      LOG.warnf("an event goes to the dead letters: %s", Check.cut(why, MAX_LINE));
    } finally {
      MDC.remove("run");
    }
    var letter =
        new Letter(
            Topics.TRAINING_EVENTS_DLQ,
            key,
            value != null && value.length > Messages.MAX_BYTES ? null : value,
            Context.root(),
            Map.of(Topics.DLQ_REASON, Check.cut(why, MAX_REASON)));
    return fault
        .holding("the dead letters", outbox.publish(List.of(letter)), failure -> false)
        .replaceWithVoid();
  }
}
