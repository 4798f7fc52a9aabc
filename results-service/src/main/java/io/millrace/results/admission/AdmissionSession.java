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
 * Reads and answers requests until Kafka fails or the service stops. It publishes the answers and
 * commits their requests' offsets in one Kafka transaction. After a crash at any point, a request
 * is either answered or delivered again.
 */
final class AdmissionSession implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(AdmissionSession.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  /** Records per poll, each up to 4 MiB. */
  private static final int MAX_RECORDS = 50;

  /** Answers are published once they exceed this many bytes. */
  private static final long MAX_BYTES = 16 << 20;

  /** After this many unexpected failures, a record is answered with the failure. */
  private static final int MAX_FAILURES = 3;

  private static final long FIRST_PAUSE_NANOS = 200_000_000;
  private static final long MAX_PAUSE_NANOS = 2_000_000_000;

  private final Consumer<byte[], byte[]> consumer;
  private final Producer<byte[], byte[]> producer;
  private final Answers answers;
  private final String cluster;
  private final BooleanSupplier isStopping;
  private volatile int partitions;

  /**
   * Opens a session, and aborts the open transaction of an earlier session with the same id.
   *
   * @param id of this service, see {@link AdmissionSettings#id}
   * @param cluster the Kafka cluster id
   * @param start the offsets to start from in partitions without a committed offset
   */
  AdmissionSession(
      KafkaSettings kafka,
      String id,
      String cluster,
      StartingPoint start,
      Answers answers,
      BooleanSupplier isStopping) {
    this.answers = answers;
    this.cluster = cluster;
    this.isStopping = isStopping;
    producer = kafka.transactionalProducer("millrace-desk-" + id);
    try {
      producer.initTransactions();
      consumer = kafka.member(Topics.DESK, id, MAX_RECORDS);
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
            seekToStart(start, assigned);
            partitions = consumer.assignment().size();
          }
        });
  }

  /** How many partitions are assigned to this session. */
  int partitions() {
    return partitions;
  }

  private void seekToStart(StartingPoint start, Collection<TopicPartition> assigned) {
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(assigned));
    Set<TopicPartition> fresh =
        assigned.stream()
            .filter(partition -> committed.get(partition) == null)
            .collect(Collectors.toSet());
    start
        .of(fresh)
        .forEach(
            (partition, offset) -> {
              LOG.infof("%s: answering requests from offset %d", partition, offset);
              consumer.seek(partition, offset);
            });
  }

  /** Answers requests until the service stops or Kafka fails. */
  void serve() {
    while (!isStopping.getAsBoolean()) {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      var batch = new AnswerBatch();
      for (ConsumerRecord<byte[], byte[]> record : records) {
        List<ProducerRecord<byte[], byte[]>> answer = answer(RequestRecord.of(record, cluster));
        if (answer == null) {
          return;
        }
        batch.add(record, answer);
        if (batch.bytes > MAX_BYTES) {
          batch.publish();
          batch = new AnswerBatch();
        }
      }
      batch.publish();
    }
  }

  /** The answer to a record; null if the service stops first. */
  private List<ProducerRecord<byte[], byte[]>> answer(RequestRecord record) {
    int failures = 0;
    Throwable last = null;
    long pause = FIRST_PAUSE_NANOS;
    while (!isStopping.getAsBoolean()) {
      try {
        return failures < MAX_FAILURES
            ? answers.to(record, isStopping)
            : answers.toUnforeseen(record, last);
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
        if (isOutage(e)) {
          LOG.warnf("%s waits for the database: %s", record.place().record(), Outage.describe(e));
        } else {
          failures++;
          last = e;
          LOG.errorf(e, "%s cannot be answered, attempt %d", record.place().record(), failures);
        }
        LockSupport.parkNanos(pause);
        pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
      }
    }
    return null;
  }

  private static boolean isOutage(Throwable failure) {
    return Outage.isUnreachable(failure) || failure instanceof TimeoutException;
  }

  @Override
  public void close() {
    // Aborts an open transaction. After a failure the next session keeps the group membership.
    producer.close(CLOSE_TIMEOUT);
    consumer.close(
        CloseOptions.groupMembershipOperation(
                isStopping.getAsBoolean()
                    ? GroupMembershipOperation.LEAVE_GROUP
                    : GroupMembershipOperation.DEFAULT)
            .withTimeout(CLOSE_TIMEOUT));
  }

  /** Answers that are published together, with the offsets of their requests. */
  private final class AnswerBatch {
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
