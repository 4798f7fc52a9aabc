package io.millrace.trainer.intake;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.millrace.trainer.events.KafkaSettings;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * The runs that users have cancelled, read from the whole topic of commands; the last {@value
 * #MOST} of them.
 */
public final class Cancellations implements AutoCloseable {
  /** How many are remembered. */
  static final int MOST = 10_000;

  private static final Logger LOG = Logger.getLogger(Cancellations.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final List<TopicPartition> TOPIC =
      List.of(new TopicPartition(Topics.TRAINING_COMMANDS, 0));

  private final KafkaSettings kafka;
  private final Deletions deletions;
  private final Map<String, Long> runs = Collections.synchronizedMap(newest(MOST));
  private final CountDownLatch caughtUp = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread reader = new Thread(this::read, "cancellations");

  /** Reads in the background once {@link #start} is called. */
  public Cancellations(KafkaSettings kafka, Deletions deletions) {
    this.kafka = kafka;
    this.deletions = deletions;
    reader.setDaemon(true);
  }

  /** Begins to read. */
  public Cancellations start() {
    reader.start();
    return this;
  }

  /**
   * Waits until all commands that were there at the start are read.
   *
   * @return whether they are
   */
  public boolean awaitCaughtUp(Duration longest) throws InterruptedException {
    return caughtUp.await(longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Whether the run was cancelled at a time or later, in milliseconds since 1970: what had been
   * cancelled before that may be gone on with.
   */
  public boolean isCancelled(String run, long since) {
    Long at = runs.get(run);
    return at != null && at >= since;
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      reader.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    do {
      try (Consumer<byte[], byte[]> consumer = kafka.reader()) {
        consumer.assign(TOPIC);
        consumer.seekToBeginning(TOPIC);
        long end = consumer.endOffsets(TOPIC).get(TOPIC.get(0));
        while (closed.getCount() > 0) {
          consumer.poll(POLL).forEach(this::accept);
          if (consumer.position(TOPIC.get(0)) >= end) {
            caughtUp.countDown();
          }
        }
      } catch (KafkaException e) {
        LOG.warnf("Commands cannot be read: %s; trying again", e.getMessage());
      }
    } while (!closedWithin(Duration.ofSeconds(1)));
  }

  private void accept(ConsumerRecord<byte[], byte[]> record) {
    try {
      TrainingCommand command = Messages.read(record.value(), TrainingCommand.class);
      if (command instanceof TrainingCommand.Cancel cancel) {
        runs.merge(cancel.run(), record.timestamp(), Math::max);
      } else if (command instanceof TrainingCommand.Delete delete) {
        deletions.deleted(delete.run(), record.timestamp());
      }
    } catch (InvalidMessageException e) {
      LOG.warnf("A command at offset %d is not understood: %s", record.offset(), e.getMessage());
    }
  }

  private boolean closedWithin(Duration longest) {
    try {
      return closed.await(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** A map that forgets its oldest entries above a size. */
  static Map<String, Long> newest(int most) {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
        return size() > most;
      }
    };
  }
}
