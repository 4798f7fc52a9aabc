package io.millrace.results.submit;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.sweep.Sweep;
import io.millrace.messaging.Topics;
import io.millrace.messaging.TraceHeaders;
import io.opentelemetry.context.Context;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * Makes requests of sweeps. One that comes again makes the same requests again, of which the
 * trainers train none twice. A bad one is answered with an event, under the base of its runs' ids.
 */
@ApplicationScoped
public class SweepIngest {
  private static final Logger LOG = Logger.getLogger(SweepIngest.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration SLOWEST_RETRY = Duration.ofSeconds(5);

  private final Outbox outbox;

  SweepIngest(Outbox outbox) {
    this.outbox = outbox;
  }

  /** A sweep. Its offset is committed once its requests are on their topic. */
  @Incoming(Topics.TRAINING_SWEEPS)
  public Uni<Void> take(ConsumerRecord<String, byte[]> record) {
    return Uni.createFrom()
        .item(() -> letters(record))
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
        .chain(outbox::send)
        .onFailure(PublishingException.class)
        .invoke(e -> LOG.warnf("%s waits for the broker: %s", place(record), e.getMessage()))
        .onFailure(PublishingException.class)
        .retry()
        .withBackOff(FIRST_RETRY, SLOWEST_RETRY)
        .indefinitely();
  }

  private static Stream<Outbox.Letter> letters(ConsumerRecord<String, byte[]> record) {
    Context trace = TraceHeaders.read(record.headers());
    try {
      Sweep sweep = Sweep.read(record.value(), base(record));
      LOG.infof("%s: %d runs of %s", place(record), sweep.size(), sweep.base());
      return IntStream.range(0, sweep.size())
          .mapToObj(sweep::request)
          .map(
              request ->
                  new Outbox.Letter(
                      Topics.TRAINING_REQUESTS, request.run(), Messages.write(request), trace));
    } catch (InvalidMessageException e) {
      String run = answeredUnder(record);
      LOG.infof("%s refused: %s", place(record), e.getMessage());
      var refusal =
          new RunRejected(
              null,
              run,
              Instant.ofEpochMilli(record.timestamp()),
              e.field(),
              e.getMessage(),
              false);
      return Stream.of(
          new Outbox.Letter(Topics.TRAINING_EVENTS, run, Messages.write(refusal), trace));
    }
  }

  /** Where the message has no id of its own: a redelivery has the same. */
  private static String base(ConsumerRecord<String, byte[]> record) {
    return isName(record.key())
        ? record.key()
        : "sweep-" + record.partition() + "-" + record.offset();
  }

  private static String answeredUnder(ConsumerRecord<String, byte[]> record) {
    try {
      String run = Sweep.runOf(record.value());
      return isName(run) ? run : base(record);
    } catch (InvalidMessageException e) {
      return base(record);
    }
  }

  private static boolean isName(String text) {
    try {
      Check.name("run", text);
      return true;
    } catch (InvalidMessageException e) {
      return false;
    }
  }

  private static String place(ConsumerRecord<?, ?> record) {
    return record.topic() + "-" + record.partition() + "@" + record.offset();
  }
}
