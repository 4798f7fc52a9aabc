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
 * A place in a share group (KIP-932): takes one record at a time, of several topics the most urgent
 * one first, keeps its lock while a worker works on it, for seconds or days, and acknowledges it by
 * what the worker says. A process that dies stops renewing, and the broker hands the record to
 * another one, with a higher delivery count (KIP-1222 renews). So it does where the work does not
 * get on for too long.
 *
 * <p>One thread polls and renews, another works. A record whose worker throws is held for a while,
 * longer each time, before it is handed out again; by the delivery {@value #MOST_FAILURES} the
 * worker has to answer it.
 */
public final class WorkQueue implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(WorkQueue.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration BACK_OFF = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(250);

  /** Before a record is handed out again after a failure; the last one again and again. */
  private static final List<Duration> PAUSES =
      List.of(Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30));

  /** The delivery by which a record whose worker fails is answered and not handed out again. */
  static final int MOST_FAILURES = 3;

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
  public interface Worker {
    /**
     * Works on a record; looks at {@link Delivery#shouldStop}, and calls {@link
     * Delivery#progressed}, often enough. What it throws is unexpected.
     */
    Outcome work(Delivery delivery) throws Exception;

    /**
     * The last chance to answer a record, whose work has failed unexpectedly: it is not handed out
     * again after this. Called again and again, with pauses, until it does not throw.
     */
    void failed(Delivery delivery, Throwable failure) throws Exception;

    /**
     * Called where the queue closes and the work has not stopped in time: the record is about to be
     * given back, and the delivery counts as lost.
     */
    default void abandoned(Delivery delivery) {}
  }

  /**
   * Where work is taken from.
   *
   * @param group the share group
   * @param topics of the queue, the most urgent one first
   * @param name of the threads
   * @param withoutProgress how long the work on a record may go on without {@link
   *     Delivery#progressed} before the record is left to others, and the worker is taken to hang
   */
  public record Place(
      KafkaSettings kafka,
      String group,
      List<String> topics,
      String name,
      Duration withoutProgress) {
    /** A place that cannot change. */
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
   * A place in the queue; {@link #start} begins to take records.
   *
   * @param worker called with one record at a time
   */
  public WorkQueue(Place place, Worker worker) {
    this(place, TopicProvisioner.LOCK, GRACE, worker);
  }

  /**
   * The same.
   *
   * @param lock of the share group
   * @param grace for a worker that is to stop
   */
  WorkQueue(Place place, Duration lock, Duration grace, Worker worker) {
    this.place = place;
    this.lock = lock;
    this.grace = grace;
    this.worker = worker;
    hands = Executors.newSingleThreadExecutor(task -> new Thread(task, place.name() + "-worker"));
    poller = new Thread(this::run, place.name() + "-queue");
  }

  /** Begins to take records. */
  public WorkQueue start() {
    poller.start();
    return this;
  }

  /** Whether the queue takes records, or is working on one, from a broker that is there. */
  public boolean isReady() {
    return connected && !hanging && poller.isAlive();
  }

  /**
   * Whether the queue can still come to take records: not where the work on one has got no further
   * for too long, and does not stop either. Then only a new process helps.
   */
  public boolean isAlive() {
    return !hanging && (closing || poller.getState() != Thread.State.TERMINATED);
  }

  /** Whether a record is being worked on. */
  public boolean isBusy() {
    return current != null;
  }

  /** Asks the worker to stop, waits for it, and gives back what it has not done. */
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
        LOG.warnf("Queue %s: %s; joining again", place.group(), e.getMessage());
        pause();
      } catch (RuntimeException | OutOfMemoryError e) {
        connected = false;
        LOG.errorf(e, "Queue %s: an unexpected error; joining again", place.group());
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

  /** Has a record worked on; false where its lock was lost. */
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
        // A member that stays may fetch the very record again, and keep it from others.
        members.closeAll();
        continue;
      }
      if (System.nanoTime() - renewAt < 0) {
        continue;
      }
      held = renew(member, held, delivery);
      renewAt = System.nanoTime() + lock.dividedBy(4).toNanos();
      if (held == null) {
        LOG.warnf("Queue %s: the lock of %s was lost", place.group(), name(taken.record()));
        delivery.lose();
      }
    }
  }

  /** Gives a record up whose work does not get on, and the process where it does not stop. */
  private void watch(Delivery delivery) {
    Duration idle = delivery.sinceProgress();
    if (!delivery.isLost() && idle.compareTo(place.withoutProgress()) > 0) {
      LOG.errorf(
          "Queue %s: the work on %s has got no further for %s; left to others",
          place.group(), name(delivery.record()), idle);
      delivery.lose();
    }
    if (!hanging && idle.compareTo(place.withoutProgress().plus(grace)) > 0) {
      LOG.errorf(
          "Queue %s: the work on %s does not stop either; this process has to be started again",
          place.group(), name(delivery.record()));
      hanging = true;
    }
  }

  /** The work does not stop in time: whatever it does from here on does not count. */
  private boolean abandon(
      QueueMember member, ConsumerRecord<byte[], byte[]> record, Delivery delivery) {
    if (delivery.isLost()) {
      return false;
    }
    LOG.warnf("Queue %s: given back in the middle of the work on %s", place.group(), name(record));
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
      LOG.errorf(e.getCause(), "Queue %s: the work failed; released", place.group());
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
        LOG.warnf(e, "Queue %s: %s, as the work was to stop", place.group(), e);
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
            e,
            "Queue %s: %s cannot be answered; trying again",
            place.group(),
            name(delivery.record()));
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

  /** The record as the broker hands it back with a new lock; null where the lock is lost. */
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
          "Queue %s: renewing the lock of %s: %s", place.group(), name(record), e.getMessage());
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

  /** A record for the log: its key, in which runs and tasks can be told, and its place. */
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
