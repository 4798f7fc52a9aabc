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
 * Writes batches of events, one transaction each, and does not give up. While PostgreSQL is away,
 * the batch is tried again, after 0.2 s at first and then less often, at least every 5 s. A batch
 * that fails for another reason is halved until the one event is found that cannot be written. If
 * PostgreSQL refuses what is in it, it goes to the dead letters. If the fault is this service's,
 * nothing is skipped: the event is tried again every 5 s, and those behind it wait.
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

  /** From now on failures are the stop's doing, not the events': they come again. */
  void stop(@Observes ShutdownEvent event) {
    stopping = true;
  }

  /**
   * Writes what the events come to that count.
   *
   * @param counting asks the database which events count
   * @param fold events to rows
   * @return when the transaction is committed; how many rows it made or changed
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
            .invoke(this::complain)
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
        .holding(event.event().run(), attempt, this::isNoFaultOfOurs)
        .onFailure(Outage::isOfTheData)
        .recoverWithUni(failure -> deadLetters.refused(event, failure).replaceWith(0));
  }

  private boolean isNoFaultOfOurs(Throwable failure) {
    return stopping || Outage.isOfTheData(failure);
  }

  private void complain(Throwable failure) {
    metrics.retried();
    LOG.warnf("a batch waits for the database: %s", Outage.describe(failure));
  }
}
