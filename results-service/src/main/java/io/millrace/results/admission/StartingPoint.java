package io.millrace.results.admission;

import io.millrace.messaging.Topics;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The offsets that admission starts from in partitions where it has committed none. In versions
 * before admission, trainers consumed requests directly, and the results service expanded sweeps:
 * admission continues from their offsets, or else from the start of the partition.
 */
final class StartingPoint {
  /** The consumer group in which the results service read sweeps. */
  private static final String SWEEP_GROUP = "results";

  private final Admin admin;

  StartingPoint(Admin admin) {
    this.admin = admin;
  }

  /** The starting offsets of the partitions that were consumed before. */
  Map<TopicPartition, Long> of(Collection<TopicPartition> partitions) {
    var requests = partitions.stream().filter(p -> p.topic().equals(Topics.TRAINING_REQUESTS));
    var sweeps = partitions.stream().filter(p -> p.topic().equals(Topics.TRAINING_SWEEPS));
    var offsets = new HashMap<TopicPartition, Long>();
    offsets.putAll(ofTrainers(requests.toList()));
    offsets.putAll(committed(admin, SWEEP_GROUP, sweeps.toList()));
    return offsets;
  }

  /** The first request in each partition that the trainers have not completed. */
  private Map<TopicPartition, Long> ofTrainers(List<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    var spec = new ListShareGroupOffsetsSpec().topicPartitions(partitions);
    Map<TopicPartition, SharePartitionOffsetInfo> offsetInfo =
        await(
            admin
                .listShareGroupOffsets(Map.of(Topics.TRAINERS, spec))
                .partitionsToOffsetInfo(Topics.TRAINERS));
    var offsets = new HashMap<TopicPartition, Long>();
    offsetInfo.forEach(
        (partition, info) -> {
          if (info != null && info.startOffset() >= 0) {
            offsets.put(partition, info.startOffset());
          }
        });
    return offsets;
  }

  /** A consumer group's committed offsets. */
  static Map<TopicPartition, Long> committed(
      Admin admin, String group, List<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    var spec = new ListConsumerGroupOffsetsSpec().topicPartitions(partitions);
    Map<TopicPartition, OffsetAndMetadata> offsetInfo =
        await(
            admin
                .listConsumerGroupOffsets(Map.of(group, spec))
                .partitionsToOffsetAndMetadata(group));
    var offsets = new HashMap<TopicPartition, Long>();
    offsetInfo.forEach(
        (partition, committed) -> {
          if (committed != null) {
            offsets.put(partition, committed.offset());
          }
        });
    return offsets;
  }

  /** The broker's answer; empty for an unknown group. */
  static <K, V> Map<K, V> await(KafkaFuture<Map<K, V>> offsetInfo) {
    try {
      return offsetInfo.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return Map.of();
      }
      throw new KafkaException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }
}
