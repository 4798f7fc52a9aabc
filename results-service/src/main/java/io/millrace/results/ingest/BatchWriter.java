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
 * Writes batches, one transaction each, and does not give up: while PostgreSQL is away, the batch
 * is tried again, after 0.2 s at first and then less often, at least every 5 s. A batch that fails
 * for another reason, because PostgreSQL refuses it or because of a mistake of ours, is halved
 * until the one message that is to blame is found, which is skipped.
 */
@ApplicationScoped
public class BatchWriter {
  private static final Logger LOG = Logger.getLogger(BatchWriter.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration SLOWEST_RETRY = Duration.ofSeconds(5);

  private final RunStore store;
  private final IngestMetrics metrics;
  private final FreshContext contexts;
  private volatile boolean stopping;

  BatchWriter(RunStore store, IngestMetrics metrics, FreshContext contexts) {
    this.store = store;
    this.metrics = metrics;
    this.contexts = contexts;
  }

  /** From now on failures are the stop's doing, not the messages': they come again. */
  void stop(@Observes ShutdownEvent event) {
    stopping = true;
  }

  /**
   * Writes what the messages come to.
   *
   * @param topic from which they are
   * @param fold messages to rows
   * @return when the transaction is committed; how many rows it made or changed
   */
  <M> Uni<Integer> write(String topic, List<M> messages, Function<List<M>, Rows> fold) {
    return write(topic, messages, all -> Uni.createFrom().item(all), fold);
  }

  /**
   * Writes what the messages come to that count.
   *
   * @param topic from which they are
   * @param counting asks the database which messages count
   * @param fold messages to rows
   * @return when the transaction is committed; how many rows it made or changed
   */
  <M> Uni<Integer> write(
      String topic,
      List<M> messages,
      Function<List<M>, Uni<List<M>>> counting,
      Function<List<M>, Rows> fold) {
    if (messages.isEmpty()) {
      return Uni.createFrom().item(0);
    }
    return contexts
        .call(() -> counting.apply(messages))
        .emitOn(Infrastructure.getDefaultWorkerPool())
        .map(fold)
        .chain(rows -> contexts.call(() -> store.write(rows)))
        .onFailure(Outage::isUnreachable)
        .invoke(this::complain)
        .onFailure(Outage::isUnreachable)
        .retry()
        .withBackOff(FIRST_RETRY, SLOWEST_RETRY)
        .indefinitely()
        .onFailure(failure -> !stopping)
        .recoverWithUni(failure -> halve(topic, messages, counting, fold, failure));
  }

  private <M> Uni<Integer> halve(
      String topic,
      List<M> messages,
      Function<List<M>, Uni<List<M>>> counting,
      Function<List<M>, Rows> fold,
      Throwable failure) {
    if (messages.size() == 1) {
      skip(topic, failure);
      return Uni.createFrom().item(0);
    }
    int middle = messages.size() / 2;
    return write(topic, messages.subList(0, middle), counting, fold)
        .chain(
            first ->
                write(topic, messages.subList(middle, messages.size()), counting, fold)
                    .map(second -> first + second));
  }

  private void skip(String topic, Throwable failure) {
    if (Outage.isRefusal(failure)) {
      metrics.skipped(topic, "refused");
      LOG.errorf(
          "a message of %s skipped, the database refuses it: %s", topic, Outage.describe(failure));
    } else {
      metrics.skipped(topic, "failed");
      LOG.errorf(failure, "a message of %s skipped, it cannot be written", topic);
    }
  }

  private void complain(Throwable failure) {
    metrics.retried();
    LOG.warnf("a batch waits for the database: %s", Outage.describe(failure));
  }
}
