package io.millrace.messaging;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * A place in a share group (KIP-932): takes one record at a time, keeps its lock while a worker
 * works on it, for seconds or days, and acknowledges it by what the worker says. A process that
 * dies stops renewing, and the broker hands the record to another one, with a higher delivery count
 * (KIP-1222 renews).
 *
 * <p>One thread polls and renews, another works. A worker that throws releases the record.
 */
public final class WorkQueue implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(WorkQueue.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration BACK_OFF = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(250);

  /** How long a worker that was asked to stop may take for what it is in the middle of. */
  static final Duration GRACE = Duration.ofSeconds(6);

  /** What becomes of a record. */
  public enum Outcome {
    /** Done: never handed out again. */
    ACCEPT(AcknowledgeType.ACCEPT),
    /** Not done: handed out again at once. */
    RELEASE(AcknowledgeType.RELEASE);

    private final AcknowledgeType type;

    Outcome(AcknowledgeType type) {
      this.type = type;
    }
  }

  /** Does the work that a record asks for. */
  @FunctionalInterface
  public interface Worker {
    /** Works on a record; looks at {@link Delivery#shouldStop} often enough. */
    Outcome work(Delivery delivery) throws Exception;

    /**
     * Called where the queue closes and the work has not stopped in time: the record is about to be
     * given back, and the delivery counts as lost.
     */
    default void abandoned(Delivery delivery) {}
  }

  private final String topic;
  private final Map<String, Object> config;
  private final Duration lock;
  private final Worker worker;
  private final ExecutorService hands;
  private final Thread poller;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile long closeBy;
  private volatile boolean closing;
  private volatile Delivery current;
  private volatile boolean connected;

  /**
   * A place in the queue; {@link #start} begins to take records.
   *
   * @param kafka the client's settings, at least {@code bootstrap.servers}
   * @param group the share group
   * @param topic the queue
   * @param name of the threads
   * @param worker called with one record at a time
   */
  public WorkQueue(
      Map<String, Object> kafka, String group, String topic, String name, Worker worker) {
    this(kafka, group, topic, name, TopicProvisioner.LOCK, worker);
  }

  WorkQueue(
      Map<String, Object> kafka,
      String group,
      String topic,
      String name,
      Duration lock,
      Worker worker) {
    this.topic = topic;
    this.lock = lock;
    this.worker = worker;
    config = new HashMap<>(kafka);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    config.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
    config.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    hands = Executors.newSingleThreadExecutor(task -> new Thread(task, name + "-worker"));
    poller = new Thread(this::run, name + "-queue");
  }

  /** Begins to take records. */
  public WorkQueue start() {
    poller.start();
    return this;
  }

  /** Whether the queue takes records, or is working on one, from a broker that is there. */
  public boolean isReady() {
    return connected && poller.isAlive();
  }

  /** Whether a record is being worked on. */
  public boolean isBusy() {
    return current != null;
  }

  /** Asks the worker to stop, waits for it, and gives back what it has not done. */
  @Override
  public void close() {
    closeBy = System.nanoTime() + GRACE.toNanos();
    closing = true;
    closed.countDown();
    Delivery delivery = current;
    if (delivery != null) {
      delivery.closeSoon();
    }
    try {
      poller.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    hands.shutdownNow();
  }

  private void run() {
    while (!closing) {
      try (var consumer =
          new KafkaShareConsumer<>(
              config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        consumer.subscribe(List.of(topic));
        while (!closing) {
          var records = consumer.poll(POLL);
          connected = isConnected(consumer);
          for (ConsumerRecord<byte[], byte[]> record : records) {
            if (!hold(consumer, record)) {
              throw new KafkaException("the lock of " + place(record) + " was lost");
            }
          }
        }
      } catch (KafkaException | IllegalStateException e) {
        connected = false;
        LOG.warnf("Queue %s: %s; joining again", topic, e.getMessage());
        pause();
      } catch (RuntimeException | OutOfMemoryError e) {
        connected = false;
        LOG.errorf(e, "Queue %s: an unexpected error; joining again", topic);
        pause();
      }
    }
    connected = false;
  }

  /** A poll says nothing of a broker that is away: it returns empty. */
  private static boolean isConnected(KafkaShareConsumer<byte[], byte[]> consumer) {
    return consumer.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals("connection-count"))
        .anyMatch(metric -> metric.metricValue() instanceof Number count && count.intValue() > 0);
  }

  private void pause() {
    try {
      closed.await(BACK_OFF.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has a record worked on; false where its lock was lost. */
  private boolean hold(
      KafkaShareConsumer<byte[], byte[]> consumer, ConsumerRecord<byte[], byte[]> record) {
    var delivery = new Delivery(record, lock);
    current = delivery;
    if (closing) {
      delivery.closeSoon();
    }
    try {
      return hold(consumer, record, delivery, hands.submit(() -> worker.work(delivery)));
    } finally {
      current = null;
    }
  }

  private boolean hold(
      KafkaShareConsumer<byte[], byte[]> consumer,
      ConsumerRecord<byte[], byte[]> record,
      Delivery delivery,
      Future<Outcome> work) {
    ConsumerRecord<byte[], byte[]> held = record;
    long renewAt = System.nanoTime() + lock.dividedBy(4).toNanos();
    while (true) {
      Outcome outcome = await(work);
      if (outcome != null) {
        return !delivery.isLost() && settle(consumer, held, outcome);
      }
      if (closing && System.nanoTime() - closeBy > 0) {
        return abandon(consumer, held, delivery);
      }
      if (delivery.isLost() || System.nanoTime() - renewAt < 0) {
        continue;
      }
      held = renew(consumer, held, delivery);
      renewAt = System.nanoTime() + lock.dividedBy(4).toNanos();
      if (held == null) {
        LOG.warnf("Queue %s: the lock of %s was lost", topic, place(record));
        delivery.lose();
      }
    }
  }

  /** The work does not stop in time: whatever it does from here on does not count. */
  private boolean abandon(
      KafkaShareConsumer<byte[], byte[]> consumer,
      ConsumerRecord<byte[], byte[]> record,
      Delivery delivery) {
    if (delivery.isLost()) {
      return false;
    }
    LOG.warnf("Queue %s: given back in the middle of the work on %s", topic, place(record));
    delivery.lose();
    worker.abandoned(delivery);
    return settle(consumer, record, Outcome.RELEASE);
  }

  private Outcome await(Future<Outcome> work) {
    try {
      return work.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      LOG.errorf(e.getCause(), "Queue %s: the work failed unexpectedly; released", topic);
      return Outcome.RELEASE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Outcome.RELEASE;
    }
  }

  private boolean settle(
      KafkaShareConsumer<byte[], byte[]> consumer,
      ConsumerRecord<byte[], byte[]> record,
      Outcome outcome) {
    consumer.acknowledge(record, outcome.type);
    return committed(consumer);
  }

  /** The record as the broker hands it back with a new lock; null where the lock is lost. */
  private ConsumerRecord<byte[], byte[]> renew(
      KafkaShareConsumer<byte[], byte[]> consumer,
      ConsumerRecord<byte[], byte[]> record,
      Delivery delivery) {
    long end = System.nanoTime() + lock.dividedBy(2).toNanos();
    try {
      consumer.acknowledge(record, AcknowledgeType.RENEW);
      if (!committed(consumer)) {
        return null;
      }
      delivery.renewed();
      connected = isConnected(consumer);
      ConsumerRecord<byte[], byte[]> renewed = null;
      while (renewed == null && System.nanoTime() < end) {
        for (ConsumerRecord<byte[], byte[]> next : consumer.poll(POLL)) {
          if (next.offset() == record.offset() && next.partition() == record.partition()) {
            renewed = next;
          } else {
            consumer.acknowledge(next, AcknowledgeType.RELEASE);
          }
        }
      }
      return renewed;
    } catch (KafkaException | IllegalStateException e) {
      LOG.warnf("Queue %s: renewing the lock of %s: %s", topic, place(record), e.getMessage());
      return null;
    }
  }

  private boolean committed(KafkaShareConsumer<byte[], byte[]> consumer) {
    return consumer.commitSync(lock.dividedBy(2)).values().stream()
        .allMatch(
            failure -> {
              failure.ifPresent(e -> LOG.warnf("Queue %s: %s", topic, e.getMessage()));
              return failure.isEmpty();
            });
  }

  private static String place(ConsumerRecord<?, ?> record) {
    return record.topic() + "-" + record.partition() + "@" + record.offset();
  }
}
