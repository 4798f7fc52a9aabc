package io.millrace.messaging;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes topics and sets up share groups; doing it again, or at the same time, changes nothing. */
public final class TopicProvisioner {
  /** How long a share group's record stays locked without renewal. */
  static final Duration LOCK = Duration.ofSeconds(30);

  /**
   * How many times a share group hands out a record before the broker drops it: what a broker
   * allows by default at most. Workers end their work with a reason before that.
   */
  public static final int DELIVERIES = 10;

  private final Admin admin;

  /** A provisioner that works through {@code admin}, which stays the caller's to close. */
  public TopicProvisioner(Admin admin) {
    this.admin = admin;
  }

  /**
   * Makes the topics that always exist and sets up both share groups.
   *
   * @throws KafkaException where the broker cannot be reached or refuses
   */
  public void ensureDurable(Optional<Short> replicationFactor) {
    ensure(Topics.durable(replicationFactor));
    setUpQueue(Topics.TRAINERS, LOCK);
    setUpQueue(Topics.AUGMENTERS, LOCK);
  }

  /** Makes topics, leaving alone those that exist. */
  public void ensure(Collection<NewTopic> topics) {
    for (KafkaFuture<Void> result : admin.createTopics(topics).values().values()) {
      await(result, TopicExistsException.class);
    }
  }

  /** Deletes a topic, if it exists. */
  public void delete(String topic) {
    await(admin.deleteTopics(List.of(topic)).all(), UnknownTopicOrPartitionException.class);
  }

  void setUpQueue(String group, Duration lock) {
    var resource = new ConfigResource(ConfigResource.Type.GROUP, group);
    var settings =
        List.of(
            set("share.auto.offset.reset", "earliest"),
            set("share.record.lock.duration.ms", Long.toString(lock.toMillis())),
            set("share.delivery.count.limit", Integer.toString(DELIVERIES)));
    await(admin.incrementalAlterConfigs(Map.of(resource, settings)).all(), null);
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }

  private static void await(KafkaFuture<?> result, Class<? extends Exception> harmless) {
    try {
      result.get();
    } catch (ExecutionException e) {
      if (harmless == null || !harmless.isInstance(e.getCause())) {
        throw new KafkaException(e.getCause().getMessage(), e.getCause());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }
}
