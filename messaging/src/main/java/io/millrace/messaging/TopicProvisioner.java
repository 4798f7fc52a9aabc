package io.millrace.messaging;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jboss.logging.Logger;

/** Creates topics and configures share groups. It is idempotent, also in concurrent processes. */
public final class TopicProvisioner {
  private static final Logger LOG = Logger.getLogger(TopicProvisioner.class);

  /** How long a share group's record stays locked without renewal. */
  static final Duration LOCK = Duration.ofSeconds(30);

  /**
   * How many times a share group delivers a record before the broker drops it; the broker's default
   * maximum. Workers answer a record before that.
   */
  public static final int DELIVERIES = 10;

  /**
   * How many offsets a group may be ahead of its oldest unacknowledged record; beyond that the
   * partition stops. The first value is the most that a broker can allow, the second is a broker's
   * default maximum.
   */
  private static final List<Integer> MOST_AHEAD = List.of(10_000, 4_000);

  private final Admin admin;

  /** A provisioner that uses {@code admin}, which the caller closes. */
  public TopicProvisioner(Admin admin) {
    this.admin = admin;
  }

  /**
   * Creates the permanent topics, updates the settings of topics from earlier versions, and
   * configures both share groups.
   *
   * @throws KafkaException if the broker is unavailable or refuses
   */
  public void ensureDurable(Optional<Short> replicationFactor) {
    var settings = new TopicSettings(admin);
    settings.warnOfAutomaticTopics();
    List<NewTopic> topics = Topics.durable(replicationFactor);
    Set<String> there = ensure(topics);
    settings.bringUpToDate(topics.stream().filter(topic -> there.contains(topic.name())).toList());
    setUpQueue(Topics.TRAINERS, LOCK);
    setUpQueue(Topics.AUGMENTERS, LOCK);
  }

  /**
   * Creates topics and leaves existing ones unchanged.
   *
   * @return the names of the existing ones
   */
  public Set<String> ensure(Collection<NewTopic> topics) {
    var there = new HashSet<String>();
    for (var result : admin.createTopics(topics).values().entrySet()) {
      try {
        AdminCalls.await(result.getValue());
      } catch (TopicExistsException e) {
        there.add(result.getKey());
      }
    }
    return there;
  }

  /** Deletes a topic, if it exists. */
  public void delete(String topic) {
    try {
      AdminCalls.await(admin.deleteTopics(List.of(topic)).all());
    } catch (UnknownTopicOrPartitionException e) {
      // It does not exist.
    }
  }

  void setUpQueue(String group, Duration lock) {
    var resource = new ConfigResource(ConfigResource.Type.GROUP, group);
    var settings =
        List.of(
            set("share.auto.offset.reset", "earliest"),
            set("share.record.lock.duration.ms", Long.toString(lock.toMillis())),
            set("share.delivery.count.limit", Integer.toString(DELIVERIES)),
            set("share.isolation.level", "read_committed"));
    AdminCalls.await(admin.incrementalAlterConfigs(Map.of(resource, settings)).all());
    letPass(resource);
    // By default a new member gets its partitions only with its next heartbeat, after 5 seconds.
    var quick =
        List.of(
            set("share.assignment.interval.ms", "0"),
            set("share.assignor.offload.enable", "false"));
    try {
      AdminCalls.await(admin.incrementalAlterConfigs(Map.of(resource, quick)).all());
    } catch (InvalidConfigurationException | InvalidRequestException e) {
      // Kafka 4.2 has neither setting, and does not have this delay.
      LOG.debugf("Share group %s: %s", group, e.getMessage());
    }
  }

  /** Sets how far the group may be ahead. Kafka 4.2 has only the broker's setting, which stays. */
  private void letPass(ConfigResource group) {
    for (int most : MOST_AHEAD) {
      var ahead = List.of(set("share.partition.max.record.locks", Integer.toString(most)));
      try {
        AdminCalls.await(admin.incrementalAlterConfigs(Map.of(group, ahead)).all());
        return;
      } catch (InvalidConfigurationException | InvalidRequestException e) {
        LOG.debugf("Share group %s: %s", group.name(), e.getMessage());
      }
    }
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }
}
