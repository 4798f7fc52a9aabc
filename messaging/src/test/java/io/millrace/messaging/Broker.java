package io.millrace.messaging;

import io.millrace.embedded.EmbeddedKafka;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A broker for a test class, with helpers for the tests. */
record Broker(
    EmbeddedKafka kafka, KafkaSettings settings, Admin admin, Producer<byte[], byte[]> producer)
    implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The lock of the share groups; short, so that tests see it expire. */
  static final Duration LOCK = Duration.ofSeconds(2);

  static Broker start(Path folder) throws IOException {
    return start(folder, Map.of());
  }

  static Broker start(Path folder, Map<String, String> extra) throws IOException {
    var config = new HashMap<>(extra);
    config.put("group.share.min.record.lock.duration.ms", "1000");
    config.put("group.share.record.lock.duration.ms", Long.toString(LOCK.toMillis()));
    var kafka = EmbeddedKafka.start(folder, EmbeddedKafka.freePort(), config);
    var settings =
        new KafkaSettings(
            Map.of("bootstrap.servers", kafka.bootstrapServers()), Optional.of((short) 1));
    return new Broker(kafka, settings, settings.admin(), settings.producer());
  }

  TopicProvisioner provisioner() {
    return new TopicProvisioner(admin);
  }

  /** A topic with one partition. */
  void topic(String name) {
    provisioner().ensure(List.of(new NewTopic(name, 1, (short) 1)));
  }

  void send(String topic, String key, byte[] value) throws Exception {
    producer
        .send(
            new ProducerRecord<>(
                topic, key == null ? null : key.getBytes(StandardCharsets.UTF_8), value))
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
    kafka.close();
  }
}
