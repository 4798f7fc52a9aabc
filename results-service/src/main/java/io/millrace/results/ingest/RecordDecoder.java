package io.millrace.results.ingest;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.millrace.messaging.TraceHeaders;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Reads records; those that cannot be read, whatever they hold, are logged, counted and left out.
 */
@ApplicationScoped
public class RecordDecoder {
  private static final Logger LOG = Logger.getLogger(RecordDecoder.class);

  /** As trainers write it; their files have nine digits for it. */
  private static final Pattern CLAIM = Pattern.compile("[0-9]{1,9}");

  private static final int MAX_LINE = 300;

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
          new ToldEvent(
              event,
              claim(record),
              record.value(),
              TraceHeaders.read(record.headers()),
              Instant.ofEpochMilli(record.timestamp())));
    } catch (RuntimeException | StackOverflowError e) {
      skip(record, e);
      return Optional.empty();
    }
  }

  private static Integer claim(ConsumerRecord<?, ?> record) {
    Header header = record.headers().lastHeader(Topics.CLAIM);
    if (header == null) {
      return null;
    }
    String version =
        header.value() == null ? "null" : new String(header.value(), StandardCharsets.UTF_8);
    if (!CLAIM.matcher(version).matches()) {
      throw new InvalidMessageException(
          Topics.CLAIM, Check.quote(version) + " is not the version of a claim; give 0..999999999");
    }
    return Integer.valueOf(version);
  }

  private void skip(ConsumerRecord<?, ?> record, Throwable failure) {
    metrics.skipped(record.topic(), "undecodable");
    String run = record.key() instanceof String key ? Check.quote(key) : "";
    MDC.put("run", run);
    try {
      String why =
          failure instanceof InvalidMessageException complaint
              ? complaint.getMessage()
              : Check.cut(failure.toString(), MAX_LINE);
      LOG.warnf("%s skipped: %s", place(record), why);
    } finally {
      MDC.remove("run");
    }
  }

  private static String place(ConsumerRecord<?, ?> record) {
    return record.topic() + "-" + record.partition() + "@" + record.offset();
  }
}
