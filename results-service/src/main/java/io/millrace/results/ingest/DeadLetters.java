package io.millrace.results.ingest;

import io.millrace.contracts.Check;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.millrace.results.ingest.RecordDecoder.Unreadable;
import io.millrace.results.store.Outage;
import io.millrace.results.submit.Outbox;
import io.millrace.results.submit.Outbox.Letter;
import io.millrace.results.submit.PublishingException;
import io.opentelemetry.context.Context;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Puts records of {@code training-events} that are wrong themselves on {@code training-events-dlq},
 * with the reason; then they are done with. While Kafka does not take them, they are not.
 */
@ApplicationScoped
public class DeadLetters {
  private static final Logger LOG = Logger.getLogger(DeadLetters.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration SLOWEST_RETRY = Duration.ofSeconds(5);
  private static final int MAX_REASON = 4_000;
  private static final int MAX_KEY = 1_000;
  private static final int MAX_LINE = 300;

  private final Outbox outbox;
  private final IngestMetrics metrics;

  DeadLetters(Outbox outbox, IngestMetrics metrics) {
    this.outbox = outbox;
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
  Uni<Void> refused(ToldEvent event, Throwable failure) {
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
    return outbox
        .publish(List.of(letter))
        .onFailure(PublishingException.class)
        .retry()
        .withBackOff(FIRST_RETRY, SLOWEST_RETRY)
        .indefinitely()
        .replaceWithVoid();
  }
}
