package io.millrace.results.ingest;

import io.millrace.contracts.Check;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.millrace.results.ingest.RecordDecoder.Unreadable;
import io.millrace.results.store.Outage;
import io.millrace.results.submission.RecordPublisher;
import io.millrace.results.submission.RecordPublisher.Message;
import io.opentelemetry.context.Context;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Moves invalid records of {@code training-events} to {@code training-events-dlq}, with the reason.
 * While Kafka does not accept them, because a permission or the broker is missing, they are held,
 * and the service is not ready.
 */
@ApplicationScoped
public class DeadLetters {
  private static final Logger LOG = Logger.getLogger(DeadLetters.class);
  private static final int MAX_REASON = 4_000;
  private static final int MAX_KEY = 1_000;
  private static final int MAX_LINE = 300;

  private final RecordPublisher publisher;
  private final IngestFault fault;
  private final IngestMetrics metrics;

  DeadLetters(RecordPublisher publisher, IngestFault fault, IngestMetrics metrics) {
    this.publisher = publisher;
    this.fault = fault;
    this.metrics = metrics;
  }

  /** A record that cannot be read. */
  Uni<Void> unreadable(Unreadable unreadable) {
    ConsumerRecord<String, byte[]> record = unreadable.record();
    metrics.skipped(record.topic(), "undecodable");
    String place = record.topic() + "-" + record.partition() + "@" + record.offset();
    return publish(record.key(), record.value(), place + ": " + unreadable.why());
  }

  /** An event whose data PostgreSQL rejects. */
  Uni<Void> refused(ReceivedEvent event, Throwable failure) {
    metrics.skipped(Topics.TRAINING_EVENTS, "refused");
    String run = event.event().run();
    return publish(run, event.bytes(), "the database rejects it: " + Outage.describe(failure));
  }

  /** A record that leaves no room for the reason is published without its value. */
  private Uni<Void> publish(String run, byte[] value, String why) {
    String key = run == null || run.length() > MAX_KEY ? null : run;
    MDC.put("run", key == null ? "" : Check.visible(key));
    try {
      LOG.warnf("an event is moved to the dead letters: %s", Check.cut(why, MAX_LINE));
    } finally {
      MDC.remove("run");
    }
    var message =
        new Message(
            Topics.TRAINING_EVENTS_DLQ,
            key,
            value != null && value.length > Messages.MAX_BYTES ? null : value,
            Context.root(),
            Map.of(Topics.DLQ_REASON, Check.cut(why, MAX_REASON)));
    return fault
        .holding("the dead letters", publisher.publish(List.of(message)), failure -> false)
        .replaceWithVoid();
  }
}
