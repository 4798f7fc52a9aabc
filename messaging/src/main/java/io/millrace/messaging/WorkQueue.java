package io.millrace.messaging;

import io.millrace.contracts.Check;
import io.millrace.messaging.QueueMember.Taken;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * A consumer of a share group (KIP-932). It takes one record at a time, from the most urgent topic
 * first, renews its lock while a worker processes it, for seconds or days (KIP-1222), and
 * acknowledges it with the worker's outcome. If the process dies or the work makes no progress for
 * too long, the lock expires, and the broker delivers the record to another process with a higher
 * delivery count.
 *
 * <p>One thread polls and renews, another runs the worker. If the worker throws, the record is held
 * for a while, longer each time, before it is delivered again. At delivery {@value #MOST_FAILURES}
 * the worker must answer it.
 */
public final class WorkQueue implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(WorkQueue.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration BACK_OFF = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(250);

  /** The pauses before a record is delivered again after a failure; the last one repeats. */
  private static final List<Duration> PAUSES =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30));

  /** The delivery at which a failing record is answered instead of delivered again. */
  static final int MOST_FAILURES = 3;

  /** How long a worker may take to stop. */
  static final Duration GRACE = Duration.ofSeconds(6);

  /** The outcome of the work on a record. */
  public enum Outcome {
    /** Done. The record is never delivered again. */
    ACCEPT(AcknowledgeType.ACCEPT),
    /** Not done. The record is delivered again at once. */
    RELEASE(AcknowledgeType.RELEASE);

    private final AcknowledgeType type;

    Outcome(AcknowledgeType type) {
      this.type = type;
    }
  }

  /** Processes records. */
  public interface Worker {
    /**
     * Processes a record. It must check {@link Delivery#shouldStop} and call {@link
     * Delivery#progressed} often. Exceptions count as unexpected failures.
     */
    Outcome work(Delivery delivery) throws Exception;

    /**
     * Answers a record whose work failed unexpectedly and that is not delivered again. It is called
     * repeatedly, with pauses, until it does not throw.
     */
    void failed(Delivery delivery, Throwable failure) throws Exception;

    /**
     * Called if the queue closes and the work has not stopped in time. The record is about to be
     * released, and the delivery counts as lost.
     */
    default void abandoned(Delivery delivery) {}
  }

  /**
   * The queue to take records from.
   *
   * @param group the share group
   * @param topics the topics of the queue, the most urgent first
   * @param name the name of the threads
   * @param withoutProgress how long the work on a record may continue without {@link
   *     Delivery#progressed} before the record is released and the worker counts as hanging
   */
  public record Place(
      KafkaSettings kafka,
      String group,
      List<String> topics,
      String name,
      Duration withoutProgress) {
    /** Copies the topics. */
    public Place {
      topics = List.copyOf(topics);
    }
  }

  private final Place place;
  private final Duration lock;
  private final Duration grace;
  private final Worker worker;
  private final ExecutorService hands;
  private final Thread poller;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile long closeBy;
  private volatile boolean closing;
  private volatile Delivery current;
  private volatile boolean connected;
  private volatile boolean hanging;

  /**
   * A consumer of the queue; {@link #start} starts taking records.
   *
   * @param worker called with one record at a time
   */
  public WorkQueue(Place place, Worker worker) {
    this(place, TopicProvisioner.LOCK, GRACE, worker);
  }

  /**
   * For tests.
   *
   * @param lock the lock duration of the share group
   * @param grace how long a worker may take to stop
   */
  WorkQueue(Place place, Duration lock, Duration grace, Worker worker) {
    this.place = place;
    this.lock = lock;
    this.grace = grace;
    this.worker = worker;
    hands = Executors.newSingleThreadExecutor(task -> new Thread(task, place.name() + "-worker"));
    poller = new Thread(this::run, place.name() + "-queue");
  }

  /** Starts taking records. */
  public WorkQueue start() {
    poller.start();
    return this;
  }

  /** Whether the broker is connected and the queue takes or processes records. */
  public boolean isReady() {
    return connected && !hanging && poller.isAlive();
  }

  /**
   * Whether the queue can still take records. It cannot if the work on a record makes no progress
   * for too long and does not stop. Then only a restart of the process helps.
   */
  public boolean isAlive() {
    return !hanging && (closing || poller.getState() != Thread.State.TERMINATED);
  }

  /** Whether a record is in progress. */
  public boolean isBusy() {
    return current != null;
  }

  /** Requests the worker to stop, waits for it, and releases its record if it is not done. */
  @Override
  public void close() {
    closeBy = System.nanoTime() + grace.toNanos();
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
      try (var members =
          new QueueMembers(place.kafka(), place.group(), place.topics(), lock.dividedBy(8))) {
        while (!closing) {
          Taken taken = members.next();
          connected = members.isConnected();
          if (taken != null && !hold(members, taken)) {
            throw new KafkaException("the lock of " + name(taken.record()) + " was lost");
          }
        }
      } catch (KafkaException | IllegalStateException e) {
        connected = false;
        LOG.warnf("Queue %s: %s; rejoining", place.group(), e.getMessage());
        pause();
      } catch (RuntimeException | OutOfMemoryError e) {
        connected = false;
        LOG.errorf(e, "Queue %s: unexpected error; rejoining", place.group());
        pause();
      }
    }
    connected = false;
  }

  private void pause() {
    try {
      closed.await(BACK_OFF.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs the worker on a record; false if the lock was lost. */
  private boolean hold(QueueMembers members, Taken taken) {
    var delivery = new Delivery(taken.record(), lock, taken.lockedAt());
    current = delivery;
    if (closing) {
      delivery.closeSoon();
    }
    Future<Outcome> work = hands.submit(() -> work(delivery));
    try {
      members.closeAllBut(taken.member());
      return hold(members, taken, delivery, work);
    } finally {
      if (!work.isDone()) {
        delivery.lose();
      }
      current = null;
      hanging = false;
    }
  }

  private boolean hold(QueueMembers members, Taken taken, Delivery delivery, Future<Outcome> work) {
    QueueMember member = taken.member();
    ConsumerRecord<byte[], byte[]> held = taken.record();
    long renewAt = taken.lockedAt() + lock.dividedBy(4).toNanos();
    while (true) {
      Outcome outcome = await(work);
      if (outcome != null) {
        return !delivery.isLost() && settle(member, held, outcome);
      }
      if (closing && System.nanoTime() - closeBy > 0) {
        return abandon(member, held, delivery);
      }
      watch(delivery);
      if (delivery.isLost()) {
        // A member that stays open may fetch the same record again and block it for others.
        members.closeAll();
        continue;
      }
      if (System.nanoTime() - renewAt < 0) {
        continue;
      }
      held = renew(member, held, delivery);
      renewAt = System.nanoTime() + lock.dividedBy(4).toNanos();
      if (held == null) {
        LOG.warnf("Queue %s: lost the lock of %s", place.group(), name(taken.record()));
        delivery.lose();
      }
    }
  }

  /** Gives up a record without progress, and the process if the worker does not stop. */
  private void watch(Delivery delivery) {
    Duration idle = delivery.sinceProgress();
    if (!delivery.isLost() && idle.compareTo(place.withoutProgress()) > 0) {
      LOG.errorf(
          "Queue %s: no progress on %s for %s; released it",
          place.group(), name(delivery.record()), idle);
      delivery.lose();
    }
    if (!hanging && idle.compareTo(place.withoutProgress().plus(grace)) > 0) {
      LOG.errorf(
          "Queue %s: the work on %s does not stop; restart this process",
          place.group(), name(delivery.record()));
      hanging = true;
    }
  }

  /** Gives up a record whose work does not stop in time; its later effects do not count. */
  private boolean abandon(
      QueueMember member, ConsumerRecord<byte[], byte[]> record, Delivery delivery) {
    if (delivery.isLost()) {
      return false;
    }
    LOG.warnf("Queue %s: released %s before its work was done", place.group(), name(record));
    delivery.lose();
    worker.abandoned(delivery);
    return settle(member, record, Outcome.RELEASE);
  }

  private Outcome await(Future<Outcome> work) {
    try {
      return work.get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      LOG.errorf(e.getCause(), "Queue %s: the work failed; released the record", place.group());
      return Outcome.RELEASE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Outcome.RELEASE;
    }
  }

  private Outcome work(Delivery delivery) {
    try {
      return worker.work(delivery);
    } catch (Exception | Error e) {
      if (delivery.shouldStop()) {
        LOG.warnf(e, "Queue %s: %s while the work was stopping", place.group(), e);
        return Outcome.RELEASE;
      }
      LOG.errorf(
          e,
          "Queue %s: the work on %s failed unexpectedly, delivery %d",
          place.group(),
          name(delivery.record()),
          delivery.count());
      return failed(delivery, e);
    }
  }

  private Outcome failed(Delivery delivery, Throwable failure) {
    if (delivery.count() < MOST_FAILURES) {
      delivery.pause(PAUSES.get(delivery.count() - 1));
      return Outcome.RELEASE;
    }
    for (int i = 0; ; i++) {
      try {
        delivery.progressed();
        worker.failed(delivery, failure);
        return Outcome.ACCEPT;
      } catch (Exception | Error e) {
        LOG.errorf(
            e, "Queue %s: cannot answer %s; retrying", place.group(), name(delivery.record()));
        if (!delivery.pause(PAUSES.get(Math.min(i, PAUSES.size() - 1)))) {
          return Outcome.RELEASE;
        }
      }
    }
  }

  private boolean settle(
      QueueMember member, ConsumerRecord<byte[], byte[]> record, Outcome outcome) {
    member.consumer().acknowledge(record, outcome.type);
    boolean isSettled = committed(member.consumer());
    member.settled();
    return isSettled;
  }

  /** The record with a renewed lock, as the broker returns it; null if the lock is lost. */
  private ConsumerRecord<byte[], byte[]> renew(
      QueueMember member, ConsumerRecord<byte[], byte[]> record, Delivery delivery) {
    KafkaShareConsumer<byte[], byte[]> consumer = member.consumer();
    long end = System.nanoTime() + lock.dividedBy(2).toNanos();
    try {
      consumer.acknowledge(record, AcknowledgeType.RENEW);
      if (!committed(consumer)) {
        return null;
      }
      delivery.renewed();
      connected = member.isConnected();
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
      LOG.warnf(
          "Queue %s: cannot renew the lock of %s: %s", place.group(), name(record), e.getMessage());
      return null;
    }
  }

  private boolean committed(KafkaShareConsumer<byte[], byte[]> consumer) {
    return consumer.commitSync(lock.dividedBy(2)).values().stream()
        .allMatch(
            failure -> {
              failure.ifPresent(e -> LOG.warnf("Queue %s: %s", place.group(), e.getMessage()));
              return failure.isEmpty();
            });
  }

  /** A record for the log: its key, which identifies the run or task, and its place. */
  private static String name(ConsumerRecord<byte[], byte[]> record) {
    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    return Check.quote(key.replaceAll("\\p{Cntrl}", "?"))
        + " at "
        + record.topic()
        + "-"
        + record.partition()
        + "@"
        + record.offset();
  }
}
