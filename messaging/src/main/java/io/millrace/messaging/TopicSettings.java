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
 * Updates the settings of topics that an earlier version created. A topic's own setting that no
 * earlier version made is the operator's choice and stays.
 */
final class TopicSettings {
  private static final Logger LOG = Logger.getLogger(TopicSettings.class);
  private static final String AUTO_CREATE = "auto.create.topics.enable";

  /** Values of earlier versions, by topic and setting. */
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

  /** Updates the settings that differ, except those that the operator set. */
  void bringUpToDate(Collection<NewTopic> topics) {
    for (NewTopic topic : topics) {
      try {
        bringUpToDate(topic);
      } catch (AuthorizationException e) {
        LOG.infof("Cannot check the settings of topic %s: %s", topic.name(), e.getMessage());
      } catch (UnknownTopicOrPartitionException e) {
        LOG.debugf("Topic %s was just created with current settings", topic.name());
      }
    }
  }

  private void bringUpToDate(NewTopic topic) {
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    Config existing = await(admin.describeConfigs(List.of(resource)).values().get(resource));
    var changes = new ArrayList<AlterConfigOp>();
    var summary = new ArrayList<String>();
    new TreeMap<>(topic.configs())
        .forEach(
            (name, value) -> {
              ConfigEntry entry = existing.get(name);
              if (entry == null || isSame(entry.value(), value)) {
                return;
              }
              if (isOurs(topic.name(), entry)) {
                changes.add(
                    new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET));
                summary.add(name + "=" + value + " (was " + entry.value() + ")");
              } else {
                LOG.infof(
                    "Topic %s keeps the operator's setting %s=%s; the default is %s",
                    topic.name(), name, entry.value(), value);
              }
            });
    if (!changes.isEmpty()) {
      alter(resource, changes, String.join(", ", summary));
    }
  }

  private void alter(ConfigResource topic, List<AlterConfigOp> changes, String summary) {
    try {
      await(admin.incrementalAlterConfigs(Map.of(topic, changes)).all());
      LOG.infof("Updated settings of topic %s: %s", topic.name(), summary);
    } catch (AuthorizationException e) {
      LOG.warnf(
          "Topic %s needs new settings, but this service's user may not change them. Run:"
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

  /** Whether two values are equal; the order of a list does not matter. */
  private static boolean isSame(String existing, String expected) {
    return existing != null && Set.of(existing.split(",")).equals(Set.of(expected.split(",")));
  }

  /** Warns if the broker creates topics automatically, which gives them other settings. */
  void warnOfAutomaticTopics() {
    try {
      Node broker = await(admin.describeCluster().nodes()).iterator().next();
      var resource = new ConfigResource(ConfigResource.Type.BROKER, broker.idString());
      Config settings = await(admin.describeConfigs(List.of(resource)).values().get(resource));
      ConfigEntry entry = settings.get(AUTO_CREATE);
      if (entry != null && Boolean.parseBoolean(entry.value())) {
        LOG.warnf(
            "The broker creates topics automatically: it can recreate the topic of an ended run,"
                + " with settings that do not fit batches. Set %s=false",
            AUTO_CREATE);
      }
    } catch (KafkaException e) {
      LOG.debugf(
          "Cannot check whether the broker creates topics automatically: %s", e.getMessage());
    }
  }
}
