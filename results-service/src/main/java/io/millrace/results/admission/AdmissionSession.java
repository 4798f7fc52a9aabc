package io.millrace.results.admission;

import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.Topics;
import io.millrace.results.store.Outage;
import io.smallrye.mutiny.TimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * The desk at work, from one trouble to the next: it reads requests, and publishes the answers and
 * the offsets up to which it has answered in one transaction of Kafka. A crash anywhere leaves
 * requests that are answered, or that come again.
 */
final class AdmissionSession implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(AdmissionSession.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Records of a poll, each of up to 4 MiB. */
  private static final int MOST_RECORDS = 50;

  /** Bytes of answers, beyond which they are published before more is read. */
  private static final long MOST_BYTES = 16 << 20;

  /** After so many unforeseen failures of a record it is answered with the failure. */
  private static final int MOST_FAILURES = 3;

  private static final long FIRST_PAUSE_NANOS = 200_000_000;
  private static final long LONGEST_PAUSE_NANOS = 2_000_000_000;

  private final Consumer<byte[], byte[]> consumer;
  private final Producer<byte[], byte[]> producer;
  private final Answers answers;
  private final String cluster;
  private final BooleanSupplier stops;
  private volatile int partitions;

  /**
   * Opens a session. What a session of this id has left open is ended.
   *
   * @param id of this desk, see {@link AdmissionSettings#id}
   * @param cluster Kafka's id of the cluster
   * @param start where to begin where the group has never been
   */
  AdmissionSession(
      KafkaSettings kafka,
      String id,
      String cluster,
      StartingPoint start,
      Answers answers,
      BooleanSupplier stops) {
    this.answers = answers;
    this.cluster = cluster;
    this.stops = stops;
    producer = kafka.transactionalProducer("millrace-desk-" + id);
    try {
      producer.initTransactions();
      consumer = kafka.member(Topics.DESK, id, MOST_RECORDS);
    } catch (KafkaException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
    consumer.subscribe(
        List.of(Topics.TRAINING_REQUESTS, Topics.TRAINING_SWEEPS),
        new ConsumerRebalanceListener() {
          @Override
          public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            partitions = 0;
          }

          @Override
          public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            begin(start, assigned);
            partitions = consumer.assignment().size();
          }
        });
  }

  /** Partitions that are this desk's now. */
  int partitions() {
    return partitions;
  }

  private void begin(StartingPoint start, Collection<TopicPartition> assigned) {
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(assigned));
    Set<TopicPartition> fresh =
        assigned.stream()
            .filter(partition -> committed.get(partition) == null)
            .collect(Collectors.toSet());
    start
        .of(fresh)
        .forEach(
            (partition, offset) -> {
              LOG.infof("%s is answered from offset %d on", partition, offset);
              consumer.seek(partition, offset);
            });
  }

  /** Answers requests until it is to stop, or Kafka is in trouble. */
  void serve() {
    while (!stops.getAsBoolean()) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      var turn = new Turn();
      for (ConsumerRecord<byte[], byte[]> record : records) {
        List<ProducerRecord<byte[], byte[]>> answer = answer(RequestRecord.of(record, cluster));
        if (answer == null) {
          return;
        }
        turn.add(record, answer);
        if (turn.bytes > MOST_BYTES) {
          turn.publish();
          turn = new Turn();
        }
      }
      turn.publish();
    }
  }

  /** The answer to a record; null where it is to stop before there is one. */
  private List<ProducerRecord<byte[], byte[]>> answer(RequestRecord record) {
    int failures = 0;
    Throwable last = null;
    long pause = FIRST_PAUSE_NANOS;
    while (!stops.getAsBoolean()) {
      try {
        return failures < MOST_FAILURES
            ? answers.to(record, stops)
            : answers.toUnforeseen(record, last);
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        if (isOutage(e)) {
          LOG.warnf("%s waits for the database: %s", record.place().record(), Outage.describe(e));
        } else {
          failures++;
          last = e;
          LOG.errorf(e, "%s cannot be answered, try %d", record.place().record(), failures);
        }
        LockSupport.parkNanos(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
      }
    }
    return null;
  }

  private static boolean isOutage(Throwable failure) {
    return Outage.isUnreachable(failure) || failure instanceof TimeoutException;
  }

  @Override
  public void close() {
    // What is open is aborted. After trouble the place in the group is kept for the next session.
    producer.close(PATIENCE);
    consumer.close(
        CloseOptions.groupMembershipOperation(
                stops.getAsBoolean()
                    ? GroupMembershipOperation.LEAVE_GROUP
                    : GroupMembershipOperation.DEFAULT)
            .withTimeout(PATIENCE));
  }

  /** Answers that are published together, with the offsets behind their records. */
  private final class Turn {
    private final Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    private final List<ProducerRecord<byte[], byte[]>> published = new ArrayList<>();
    private long bytes;

    void add(ConsumerRecord<byte[], byte[]> record, List<ProducerRecord<byte[], byte[]>> answer) {
      offsets.put(
          new TopicPartition(record.topic(), record.partition()),
          new OffsetAndMetadata(record.offset() + 1));
      published.addAll(answer);
      for (ProducerRecord<byte[], byte[]> one : answer) {
        bytes += one.value() == null ? 0 : one.value().length;
      }
    }

    void publish() {
      if (offsets.isEmpty()) {
        return;
      }
      producer.beginTransaction();
      published.forEach(producer::send);
      producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
      producer.commitTransaction();
    }
  }
}
