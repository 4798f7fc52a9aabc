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
 * Where the desk begins where it has never been. Before there was one, trainers took requests
 * themselves, and the results service made requests of sweeps: it begins where those have got to,
 * and at the beginning where they have never been.
 */
final class StartingPoint {
  /** The group in which the results service read sweeps. */
  private static final String RESULTS = "results";

  private final Admin admin;

  StartingPoint(Admin admin) {
    this.admin = admin;
  }

  /** The offsets, of the partitions where somebody has been. */
  Map<TopicPartition, Long> of(Collection<TopicPartition> partitions) {
    var requests = partitions.stream().filter(p -> p.topic().equals(Topics.TRAINING_REQUESTS));
    var sweeps = partitions.stream().filter(p -> p.topic().equals(Topics.TRAINING_SWEEPS));
    var offsets = new HashMap<TopicPartition, Long>();
    offsets.putAll(ofTrainers(requests.toList()));
    offsets.putAll(committed(admin, RESULTS, sweeps.toList()));
    return offsets;
  }

  /** The first request of a partition that the trainers have not done yet. */
  private Map<TopicPartition, Long> ofTrainers(List<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    var spec = new ListShareGroupOffsetsSpec().topicPartitions(partitions);
    Map<TopicPartition, SharePartitionOffsetInfo> told =
        await(
            admin
                .listShareGroupOffsets(Map.of(Topics.TRAINERS, spec))
                .partitionsToOffsetInfo(Topics.TRAINERS));
    var offsets = new HashMap<TopicPartition, Long>();
    told.forEach(
        (partition, info) -> {
          if (info != null && info.startOffset() >= 0) {
            offsets.put(partition, info.startOffset());
          }
        });
    return offsets;
  }

  /** Where a consumer group has got to, of the partitions where it has been. */
  static Map<TopicPartition, Long> committed(
      Admin admin, String group, List<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return Map.of();
    }
    var spec = new ListConsumerGroupOffsetsSpec().topicPartitions(partitions);
    Map<TopicPartition, OffsetAndMetadata> told =
        await(
            admin
                .listConsumerGroupOffsets(Map.of(group, spec))
                .partitionsToOffsetAndMetadata(group));
    var offsets = new HashMap<TopicPartition, Long>();
    told.forEach(
        (partition, committed) -> {
          if (committed != null) {
            offsets.put(partition, committed.offset());
          }
        });
    return offsets;
  }

  /** What the broker tells; nothing of a group that it does not know. */
  static <K, V> Map<K, V> await(KafkaFuture<Map<K, V>> told) {
    try {
      return told.get();
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
