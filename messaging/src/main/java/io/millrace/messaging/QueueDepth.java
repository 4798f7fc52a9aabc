package io.millrace.messaging;

import static io.millrace.messaging.AdminCalls.await;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** The number of records that a share group has not acknowledged, including those in progress. */
public final class QueueDepth {
  private QueueDepth() {}

  /**
   * The depth of each topic. It may include transaction markers that the group has not passed yet.
   *
   * @throws KafkaException if the broker does not answer
   */
  public static Map<String, Long> of(Admin admin, String group, Collection<String> topics) {
    List<TopicPartition> partitions = partitions(admin, topics);
    Map<TopicPartition, SharePartitionOffsetInfo> offsets = shareOffsets(admin, group, partitions);
    var depths = new HashMap<String, Long>();
    topics.forEach(topic -> depths.put(topic, 0L));
    var untouched = new ArrayList<TopicPartition>();
    for (TopicPartition partition : partitions) {
      SharePartitionOffsetInfo info = offsets.get(partition);
      if (info == null || info.lag().isEmpty()) {
        untouched.add(partition);
      } else {
        depths.merge(partition.topic(), info.lag().get(), Long::sum);
      }
    }
    addRecords(admin, untouched, depths);
    return depths;
  }

  private static List<TopicPartition> partitions(Admin admin, Collection<String> topics) {
    var partitions = new ArrayList<TopicPartition>();
    for (TopicDescription topic : await(admin.describeTopics(topics).allTopicNames()).values()) {
      topic
          .partitions()
          .forEach(
              partition -> partitions.add(new TopicPartition(topic.name(), partition.partition())));
    }
    return partitions;
  }

  /** The group's offsets; empty if the group never had a member. */
  private static Map<TopicPartition, SharePartitionOffsetInfo> shareOffsets(
      Admin admin, String group, List<TopicPartition> partitions) {
    try {
      var spec = new ListShareGroupOffsetsSpec().topicPartitions(partitions);
      return await(admin.listShareGroupOffsets(Map.of(group, spec)).partitionsToOffsetInfo(group));
    } catch (GroupIdNotFoundException e) {
      return Map.of();
    }
  }

  /** Adds all records of partitions from which the group took none: it starts at the earliest. */
  private static void addRecords(
      Admin admin, List<TopicPartition> partitions, Map<String, Long> depths) {
    if (partitions.isEmpty()) {
      return;
    }
    Map<TopicPartition, ListOffsetsResultInfo> first =
        offsets(admin, partitions, OffsetSpec.earliest());
    Map<TopicPartition, ListOffsetsResultInfo> end =
        offsets(admin, partitions, OffsetSpec.latest());
    for (TopicPartition partition : partitions) {
      long records = end.get(partition).offset() - first.get(partition).offset();
      depths.merge(partition.topic(), records, Long::sum);
    }
  }

  private static Map<TopicPartition, ListOffsetsResultInfo> offsets(
      Admin admin, List<TopicPartition> partitions, OffsetSpec spec) {
    var specs = new HashMap<TopicPartition, OffsetSpec>();
    partitions.forEach(partition -> specs.put(partition, spec));
    return await(admin.listOffsets(specs).all());
  }
}
