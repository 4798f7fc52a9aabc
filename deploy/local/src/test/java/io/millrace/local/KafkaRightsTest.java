package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.embedded.EmbeddedKafka;
import io.millrace.local.Requests.Request;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the Kafka rights of the production overlay on a broker that enforces them. */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KafkaRightsTest {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final byte[] JSON = {'{', '}'};

  @TempDir static Path folder;
  private static SecuredBroker broker;
  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() throws Exception {
    broker = SecuredBroker.in(folder);
    var home = new Home(folder.resolve("home"));
    home.create();
    int port = EmbeddedKafka.freePort();
    broker.prepare(home, port);
    kafka = broker.start(home, port);
    try (Admin admin = settings("results-service").admin()) {
      new TopicProvisioner(admin).ensureDurable(Optional.empty());
    }
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  @Order(1)
  void aPublisherCanPublishRequestsButCannotWriteToInternalTopics() {
    var request = Request.of(JsonNodeFactory.instance.objectNode().put("run", "shoes-1"));

    Requests.publish(clients("publisher"), List.of(request));

    var refused = new ArrayList<>(Topics.queues());
    refused.addAll(List.of(Topics.TRAINING_EVENTS, Topics.TRAINING_COMMANDS, Topics.BATCH_TASKS));
    try (var producer = settings("publisher").promptProducer()) {
      for (String topic : refused) {
        assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic, JSON)).get())
            .as(topic)
            .hasRootCauseInstanceOf(TopicAuthorizationException.class);
      }
    }
  }

  @Test
  @Order(2)
  void admissionCanReadOffsetsAndQueueRequestsInATransaction() throws Exception {
    KafkaSettings results = settings("results-service");
    List<TopicPartition> requests =
        IntStream.range(0, 4)
            .mapToObj(i -> new TopicPartition(Topics.TRAINING_REQUESTS, i))
            .toList();
    try (Admin admin = results.admin()) {
      var ofTrainers = new ListShareGroupOffsetsSpec().topicPartitions(requests);
      var ofResults = new ListConsumerGroupOffsetsSpec().topicPartitions(requests);
      admin.listShareGroupOffsets(Map.of(Topics.TRAINERS, ofTrainers)).all().get();
      admin.listConsumerGroupOffsets(Map.of("results", ofResults)).all().get();
    }
    try (var producer = results.transactionalProducer("millrace-desk-one");
        var consumer = results.member(Topics.DESK, "one", 10)) {
      producer.initTransactions();
      consumer.subscribe(Set.of(Topics.TRAINING_REQUESTS, Topics.TRAINING_SWEEPS));
      ConsumerRecord<byte[], byte[]> record = null;
      while (record == null) {
        var polled = consumer.poll(POLL).iterator();
        record = polled.hasNext() ? polled.next() : null;
      }
      assertThat(record.key()).asString().isEqualTo("shoes-1");
      producer.beginTransaction();
      Topics.queues().forEach(topic -> producer.send(new ProducerRecord<>(topic, JSON)));
      producer.send(new ProducerRecord<>(Topics.TRAINING_EVENTS, JSON));
      producer.send(new ProducerRecord<>(Topics.TRAINING_REQUESTS_DLQ, JSON));
      producer.sendOffsetsToTransaction(
          Map.of(
              new TopicPartition(record.topic(), record.partition()),
              new OffsetAndMetadata(record.offset() + 1)),
          consumer.groupMetadata());
      producer.commitTransaction();
    }
  }

  @Test
  @Order(3)
  void aTrainerCanReadAndWriteTheQueueOfEveryPriority() throws Exception {
    KafkaSettings trainer = settings("trainer-service");
    var config = new HashMap<>(trainer.common());
    config.put("group.id", Topics.TRAINERS);
    var received = new ArrayList<String>();
    try (var queue =
            new KafkaShareConsumer<>(
                config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var producer = trainer.promptProducer()) {
      queue.subscribe(Topics.queues());
      while (received.size() < Topics.queues().size()) {
        queue.poll(POLL).forEach(record -> received.add(record.topic()));
      }
      for (String topic : Topics.queues()) {
        producer.send(new ProducerRecord<>(topic, JSON)).get();
      }
    }
    assertThat(received).containsExactlyInAnyOrderElementsOf(Topics.queues());
  }

  private static KafkaSettings settings(String user) {
    return new KafkaSettings(clients(user), Optional.empty());
  }

  private static Map<String, Object> clients(String user) {
    var clients = new HashMap<String, Object>(broker.user(user));
    clients.put("bootstrap.servers", kafka.bootstrapServers());
    return clients;
  }
}
