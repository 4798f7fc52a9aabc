package io.millrace.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicProvisionerTest {
  private static final String WEEK = Long.toString(Duration.ofDays(7).toMillis());
  private static final String DAY = Long.toString(Duration.ofDays(1).toMillis());
  private static final Instant NOW = Instant.now();

  @TempDir static Path folder;
  private static Broker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = Broker.start(folder);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void olderTopicsGetCurrentSettingsAndKeepTheOperatorsSettings() throws Exception {
    broker
        .provisioner()
        .ensure(
            List.of(
                new NewTopic(Topics.TRAINING_COMMANDS, 1, (short) 1)
                    .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, WEEK)),
                new NewTopic(Topics.TRAINING_EVENTS, 2, (short) 1)
                    .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, DAY))));

    broker.provisioner().ensureDurable(broker.settings().replicationFactor());

    for (int i = 0; i < 2; i++) {
      await()
          .atMost(Broker.PATIENCE)
          .untilAsserted(TopicProvisionerTest::assertTopicsHaveCurrentSettings);
      broker.provisioner().ensureDurable(broker.settings().replicationFactor());
    }
  }

  private static void assertTopicsHaveCurrentSettings() throws Exception {
    assertThat(settings(Topics.TRAINING_COMMANDS))
        .containsEntry("message.timestamp.type", "LogAppendTime")
        .containsEntry("retention.ms", Long.toString(Duration.ofDays(365).toMillis()))
        .hasEntrySatisfying(
            "cleanup.policy",
            policy -> assertThat(policy.split(",")).containsOnly("compact", "delete"));
    assertThat(settings(Topics.TRAINING_EVENTS))
        .containsEntry("message.timestamp.type", "LogAppendTime")
        .containsEntry("retention.ms", DAY);
  }

  @Test
  void aQueueHasTheLargestRecordLockLimitThatKafkaAllows() throws Exception {
    broker.provisioner().setUpQueue("ahead", Broker.LOCK);

    await()
        .atMost(Broker.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(settings(ConfigResource.Type.GROUP, "ahead"))
                    .containsEntry("share.partition.max.record.locks", "10000"));
  }

  @Test
  void theRunIsDerivedFromTheBatchTopicName() {
    for (String run : List.of("a", "lr-0.1", "lr-0_1", "a-12345678", "a.b-12345678", "x.y.z")) {
      assertThat(Topics.runOf(Topics.batches(run))).contains(run);
    }
    assertThat(Topics.runOf("batches.a.b")).isEmpty();
    assertThat(Topics.runOf("training-events")).isEmpty();
  }

  @Test
  void unusedBatchTopicsOfEndedRunsAreDeletedAndOthersAfterAnIdleDay() throws Exception {
    for (String run : List.of("ended", "live", "new.run")) {
      broker.provisioner().ensure(List.of(Topics.batchTopic(run, 1)));
    }
    var clock = new Hands();
    Set<String> ended = Set.of("ended", "new.run");
    var sweep = new BatchTopicSweep(broker.admin(), ended::contains, clock);

    assertThat(sweep.sweep()).as("all topics are new").isEmpty();
    broker.send(Topics.batches("new.run"), null, new byte[1]);
    clock.now = NOW.plus(Duration.ofHours(1));
    assertThat(sweep.sweep()).containsExactly(Topics.batches("ended"));
    clock.now = NOW.plus(Duration.ofHours(2));
    assertThat(sweep.sweep()).as("no new batch").containsExactly(Topics.batches("new.run"));
    broker.send(Topics.batches("live"), null, new byte[1]);
    clock.now = NOW.plus(Duration.ofHours(23));
    assertThat(sweep.sweep()).as("a new batch").isEmpty();
    clock.now = NOW.plus(Duration.ofHours(25));
    assertThat(sweep.sweep())
        .as("after a day without a batch")
        .containsExactly(Topics.batches("live"));
    assertThat(sweep.sweep()).isEmpty();
  }

  private static final class Hands extends Clock {
    private Instant now = NOW;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private static Map<String, String> settings(String topic) throws Exception {
    return settings(ConfigResource.Type.TOPIC, topic);
  }

  /** The settings of a topic or a group itself, without the broker's defaults. */
  private static Map<String, String> settings(ConfigResource.Type type, String name)
      throws Exception {
    var resource = new ConfigResource(type, name);
    var settings = new TreeMap<String, String>();
    broker
        .admin()
        .describeConfigs(List.of(resource))
        .values()
        .get(resource)
        .get()
        .entries()
        .stream()
        .filter(
            entry ->
                entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG
                    || entry.source() == ConfigEntry.ConfigSource.DYNAMIC_GROUP_CONFIG)
        .forEach(entry -> settings.put(entry.name(), entry.value()));
    return settings;
  }
}
