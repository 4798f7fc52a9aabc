package io.millrace.results.ingest;

import io.millrace.results.store.FreshContext;
import io.millrace.results.store.Outage;
import io.millrace.results.store.Rows;
import io.millrace.results.store.RunStore;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Writes batches of events, one transaction per batch, and does not give up. While PostgreSQL is
 * unavailable, the batch is retried, first after 0.2 s, then less often, and at least every 5 s. A
 * batch that fails for another reason is halved until the event that cannot be written is found. If
 * PostgreSQL rejects its data, the event goes to the dead letters. If the fault is in this service,
 * nothing is skipped: the event is retried every 5 s, and later events wait.
 */
@ApplicationScoped
public class BatchWriter {
  private static final Logger LOG = Logger.getLogger(BatchWriter.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration SLOWEST_RETRY = Duration.ofSeconds(5);

  private final RunStore store;
  private final IngestMetrics metrics;
  private final FreshContext contexts;
  private final DeadLetters deadLetters;
  private final IngestFault fault;
  private volatile boolean stopping;

  BatchWriter(
      RunStore store,
      IngestMetrics metrics,
      FreshContext contexts,
      DeadLetters deadLetters,
      IngestFault fault) {
    this.store = store;
    this.metrics = metrics;
    this.contexts = contexts;
    this.deadLetters = deadLetters;
    this.fault = fault;
  }

  /**
   * From now on the stop may cause failures, and not the events. Kafka delivers those events again.
   */
  void stop(@Observes ShutdownEvent event) {
    stopping = true;
  }

  /**
   * Writes the rows of the events that count.
   *
   * @param counting queries the database for the events that count
   * @param fold events to rows
   * @return completes with the commit; how many rows were inserted or updated
   */
  Uni<Integer> write(
      List<ReceivedEvent> events,
      Function<List<ReceivedEvent>, Uni<List<ReceivedEvent>>> counting,
      Function<List<ReceivedEvent>, Rows> fold) {
    if (events.isEmpty()) {
      return Uni.createFrom().item(0);
    }
    Uni<Integer> attempt =
        contexts
            .call(() -> counting.apply(events))
            .emitOn(Infrastructure.getDefaultWorkerPool())
            .map(fold)
            .chain(rows -> contexts.call(() -> store.write(rows)))
            .onFailure(Outage::isUnreachable)
            .invoke(this::logRetry)
            .onFailure(Outage::isUnreachable)
            .retry()
            .withBackOff(FIRST_RETRY, SLOWEST_RETRY)
            .indefinitely();
    return events.size() == 1
        ? alone(events.get(0), attempt)
        : attempt
            .onFailure(failure -> !stopping)
            .recoverWithUni(() -> halves(events, counting, fold));
  }

  private Uni<Integer> halves(
      List<ReceivedEvent> events,
      Function<List<ReceivedEvent>, Uni<List<ReceivedEvent>>> counting,
      Function<List<ReceivedEvent>, Rows> fold) {
    int middle = events.size() / 2;
    return write(events.subList(0, middle), counting, fold)
        .chain(
            first ->
                write(events.subList(middle, events.size()), counting, fold)
                    .map(second -> first + second));
  }

  private Uni<Integer> alone(ReceivedEvent event, Uni<Integer> attempt) {
    return fault
        .holding(event.event().run(), attempt, this::isOutsideFault)
        .onFailure(Outage::isOfTheData)
        .recoverWithUni(failure -> deadLetters.refused(event, failure).replaceWith(0));
  }

  private boolean isOutsideFault(Throwable failure) {
    return stopping || Outage.isOfTheData(failure);
  }

  private void logRetry(Throwable failure) {
    metrics.retried();
    LOG.warnf("a batch is waiting for the database: %s", Outage.describe(failure));
  }
}
