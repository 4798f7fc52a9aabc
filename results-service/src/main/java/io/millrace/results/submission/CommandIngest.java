package io.millrace.results.submission;

import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.millrace.messaging.TraceHeaders;
import io.millrace.results.store.FreshContext;
import io.millrace.results.store.Outage;
import io.millrace.results.store.Run;
import io.millrace.results.store.RunState;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/**
 * Cancels queued runs as soon as the command arrives, even while all trainers are busy. The trainer
 * of a running run cancels it itself.
 */
@ApplicationScoped
public class CommandIngest {
  private static final Logger LOG = Logger.getLogger(CommandIngest.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration SLOWEST_RETRY = Duration.ofSeconds(5);

  private final Submissions submissions;
  private final FreshContext contexts;

  CommandIngest(Submissions submissions, FreshContext contexts) {
    this.submissions = submissions;
    this.contexts = contexts;
  }

  /** Executes a command. A command that fails for a permanent reason is skipped. */
  @Incoming(Topics.TRAINING_COMMANDS)
  public Uni<Void> take(ConsumerRecord<String, byte[]> record) {
    return Uni.createFrom()
        .deferred(() -> execute(record))
        .onFailure(CommandIngest::isTransient)
        .retry()
        .withBackOff(FIRST_RETRY, SLOWEST_RETRY)
        .indefinitely()
        .onFailure()
        .recoverWithUni(
            failure -> {
              LOG.warnf(
                  "the command at %s-%d@%d is ignored: %s",
                  record.topic(), record.partition(), record.offset(), failure.getMessage());
              return Uni.createFrom().voidItem();
            });
  }

  private static boolean isTransient(Throwable failure) {
    return failure instanceof PublishingException || Outage.isUnreachable(failure);
  }

  private Uni<Void> execute(ConsumerRecord<String, byte[]> record) {
    if (record.value() == null) {
      return Uni.createFrom().voidItem();
    }
    TrainingCommand command = Messages.read(record.value(), TrainingCommand.class);
    if (!(command instanceof TrainingCommand.Cancel cancel)) {
      return Uni.createFrom().voidItem();
    }
    Instant at = Instant.ofEpochMilli(record.timestamp());
    return contexts
        .call(
            () ->
                Sessions.with(
                    session ->
                        session
                            .createSelectionQuery("from Run r where r.run = :run", Run.class)
                            .setParameter("run", cancel.run())
                            .getSingleResultOrNull()))
        .chain(
            run ->
                isQueued(run, at)
                    ? submissions.withdraw(cancel.run(), TraceHeaders.read(record.headers()))
                    : Uni.createFrom().voidItem());
  }

  private static boolean isQueued(Run run, Instant at) {
    if (run == null || run.state != RunState.QUEUED && !run.extending) {
      return false;
    }
    Instant requested = run.requestedAt == null ? run.queuedAt : run.requestedAt;
    return requested == null || !at.isBefore(requested);
  }
}
