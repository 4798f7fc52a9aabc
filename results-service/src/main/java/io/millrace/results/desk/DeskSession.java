package io.millrace.results.desk;

import io.millrace.contracts.json.Messages;
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
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jboss.logging.Logger;

/**
 * The desk at work, from one trouble to the next: it reads requests, and publishes the answers and
 * the offsets up to which it has answered in one transaction of Kafka. A crash anywhere leaves
 * requests that are answered, or that come again.
 */
final class DeskSession implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(DeskSession.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Records of a poll, each of up to 4 MiB. */
  private static final int MOST_RECORDS = 50;

  private static final int FETCH_BYTES = 16 << 20;

  /** Bytes of answers, beyond which they are published before more is read. */
  private static final long MOST_BYTES = 16 << 20;

  private static final int MOST_RECORD_BYTES = Messages.MAX_BYTES + 65_536;

  /** For so long an open transaction of a desk that has died may hold up the readers. */
  private static final int TRANSACTION_MILLIS = 30_000;

  private static final int SESSION_MILLIS = 10_000;

  /** After so many unforeseen failures of a record it is answered with the failure. */
  private static final int MOST_FAILURES = 3;

  private static final long FIRST_PAUSE_NANOS = 200_000_000;
  private static final long LONGEST_PAUSE_NANOS = 2_000_000_000;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Answers answers;
  private final String cluster;
  private final BooleanSupplier stops;
  private volatile int partitions;

  /**
   * Opens a session. What a session of this id has left open is ended.
   *
   * @param id of this desk, see {@link DeskSettings#id}
   * @param cluster Kafka's id of the cluster
   * @param start where to begin where the group has never been
   */
  DeskSession(
      Map<String, Object> kafka,
      String id,
      String cluster,
      StartingPoint start,
      Answers answers,
      BooleanSupplier stops) {
    this.answers = answers;
    this.cluster = cluster;
    this.stops = stops;
    producer = producer(kafka, id);
    try {
      producer.initTransactions();
      consumer = consumer(kafka, id);
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

  private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> kafka, String id) {
    var settings = new HashMap<>(kafka);
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "millrace-desk-" + id);
    settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MOST_RECORD_BYTES);
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2 * MOST_BYTES);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 15_000);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 15_000);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> kafka, String id) {
    var settings = new HashMap<>(kafka);
    settings.put(ConsumerConfig.GROUP_ID_CONFIG, Topics.DESK);
    settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, id);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
    settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
    settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, SESSION_MILLIS / 4);
    settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, MOST_RECORDS);
    settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
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
