package io.millrace.results.ingest;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.millrace.messaging.TraceHeaders;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/** Reads records; those that cannot be read are logged, counted and left out. */
@ApplicationScoped
public class RecordDecoder {
  private static final Logger LOG = Logger.getLogger(RecordDecoder.class);

  private final IngestMetrics metrics;

  RecordDecoder(IngestMetrics metrics) {
    this.metrics = metrics;
  }

  /** The event of a record of {@code training-events}. */
  Optional<ToldEvent> event(ConsumerRecord<String, byte[]> record) {
    try {
      TrainingEvent event = Messages.read(record.value(), TrainingEvent.class);
      Check.name("run", event.run());
      return Optional.of(
          new ToldEvent(event, claim(record), record.value(), TraceHeaders.read(record.headers())));
    } catch (InvalidMessageException e) {
      skip(record, e);
      return Optional.empty();
    }
  }

  private static Integer claim(ConsumerRecord<?, ?> record) {
    Header header = record.headers().lastHeader(Topics.CLAIM);
    if (header == null) {
      return null;
    }
    String version = new String(header.value(), StandardCharsets.UTF_8);
    try {
      return Integer.valueOf(version);
    } catch (NumberFormatException e) {
      throw new InvalidMessageException(
          Topics.CLAIM, Check.quote(version) + " is no version of a claim; give a whole number");
    }
  }

  private void skip(ConsumerRecord<?, ?> record, InvalidMessageException complaint) {
    metrics.skipped(record.topic(), "undecodable");
    String run = record.key() instanceof String key ? Check.quote(key) : "";
    MDC.put("run", run);
    try {
      LOG.warnf("%s skipped: %s", place(record), complaint.getMessage());
    } finally {
      MDC.remove("run");
    }
  }

  private static String place(ConsumerRecord<?, ?> record) {
    return record.topic() + "-" + record.partition() + "@" + record.offset();
  }
}
