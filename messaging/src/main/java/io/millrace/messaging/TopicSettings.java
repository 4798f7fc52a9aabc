package io.millrace.messaging;

import static io.millrace.messaging.AdminCalls.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jboss.logging.Logger;

/**
 * Brings topics that an earlier version made to today's settings. What a topic has of its own,
 * other than what an earlier version gave it, is an operator's choice and stays.
 */
final class TopicSettings {
  private static final Logger LOG = Logger.getLogger(TopicSettings.class);
  private static final String AUTO_CREATE = "auto.create.topics.enable";

  /** What earlier versions gave: of a topic and a setting, the values. */
  private static final Map<String, Map<String, Set<String>>> FORMER =
      Map.of(
          Topics.TRAINING_COMMANDS,
          Map.of(
              TopicConfig.RETENTION_MS_CONFIG,
              Set.of(Long.toString(Duration.ofDays(7).toMillis()))));

  private final Admin admin;

  TopicSettings(Admin admin) {
    this.admin = admin;
  }

  /** Alters the settings that differ, where that is ours to do. */
  void bringUpToDate(Collection<NewTopic> topics) {
    for (NewTopic topic : topics) {
      try {
        bringUpToDate(topic);
      } catch (AuthorizationException e) {
        LOG.infof(
            "Topic %s: its settings cannot be compared with today's: %s",
            topic.name(), e.getMessage());
      } catch (UnknownTopicOrPartitionException e) {
        LOG.debugf("Topic %s was made a moment ago, with today's settings", topic.name());
      }
    }
  }

  private void bringUpToDate(NewTopic topic) {
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    Config there = await(admin.describeConfigs(List.of(resource)).values().get(resource));
    var changes = new ArrayList<AlterConfigOp>();
    var told = new ArrayList<String>();
    new TreeMap<>(topic.configs())
        .forEach(
            (name, value) -> {
              ConfigEntry entry = there.get(name);
              if (entry == null || isSame(entry.value(), value)) {
                return;
              }
              if (isOurs(topic.name(), entry)) {
                changes.add(
                    new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET));
                told.add(name + "=" + value + " (was " + entry.value() + ")");
              } else {
                LOG.infof(
                    "Topic %s has %s=%s, which somebody has set; ours would be %s",
                    topic.name(), name, entry.value(), value);
              }
            });
    if (!changes.isEmpty()) {
      alter(resource, changes, String.join(", ", told));
    }
  }

  private void alter(ConfigResource topic, List<AlterConfigOp> changes, String told) {
    try {
      await(admin.incrementalAlterConfigs(Map.of(topic, changes)).all());
      LOG.infof("Topic %s has new settings: %s", topic.name(), told);
    } catch (AuthorizationException e) {
      LOG.warnf(
          "Topic %s lacks settings of this version, and this user may not set them. Run:"
              + " kafka-configs.sh --alter --entity-type topics --entity-name %s --add-config %s",
          topic.name(), topic.name(), given(changes));
    }
  }

  private static String given(List<AlterConfigOp> changes) {
    return String.join(
        ",",
        changes.stream()
            .map(AlterConfigOp::configEntry)
            .map(
                entry ->
                    entry.value().contains(",")
                        ? entry.name() + "=[" + entry.value() + "]"
                        : entry.name() + "=" + entry.value())
            .toList());
  }

  private static boolean isOurs(String topic, ConfigEntry entry) {
    return entry.source() != ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG
        || FORMER
            .getOrDefault(topic, Map.of())
            .getOrDefault(entry.name(), Set.of())
            .contains(entry.value());
  }

  /** Lists may come in another order. */
  private static boolean isSame(String there, String wanted) {
    return there != null && Set.of(there.split(",")).equals(Set.of(wanted.split(",")));
  }

  /**
   * Warns where the broker makes any topic that somebody names, with settings that are not ours.
   */
  void warnOfAutomaticTopics() {
    try {
      Node broker = await(admin.describeCluster().nodes()).iterator().next();
      var resource = new ConfigResource(ConfigResource.Type.BROKER, broker.idString());
      Config settings = await(admin.describeConfigs(List.of(resource)).values().get(resource));
      ConfigEntry entry = settings.get(AUTO_CREATE);
      if (entry != null && Boolean.parseBoolean(entry.value())) {
        LOG.warnf(
            "The broker makes topics by itself: the topic of a run that has ended can come back,"
                + " and stays, with settings that fit no batches. Set %s=false",
            AUTO_CREATE);
      }
    } catch (KafkaException e) {
      LOG.debugf("Whether the broker makes topics by itself is not known: %s", e.getMessage());
    }
  }
}
