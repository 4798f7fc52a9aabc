package io.millrace.results;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes the records of users and trainers. */
final class Publisher implements AutoCloseable {
  private final KafkaProducer<String, byte[]> producer;

  Publisher(String bootstrapServers) {
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", bootstrapServers, "linger.ms", 5, "max.request.size", 8 << 20),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  void events(TrainingEvent... events) {
    events(List.of(events));
  }

  void events(List<? extends TrainingEvent> events) {
    for (TrainingEvent event : events) {
      raw(Topics.TRAINING_EVENTS, event.run(), Messages.write(event));
    }
    producer.flush();
  }

  /** Publishes events of a trainer that has the run under a claim. */
  void eventsUnder(int claim, TrainingEvent... events) {
    for (TrainingEvent event : events) {
      var record = new ProducerRecord<>(Topics.TRAINING_EVENTS, event.run(), Messages.write(event));
      record.headers().add(Topics.CLAIM, Integer.toString(claim).getBytes(StandardCharsets.UTF_8));
      producer.send(record);
    }
    producer.flush();
  }

  void request(String key, byte[] request) {
    raw(Topics.TRAINING_REQUESTS, key, request);
    producer.flush();
  }

  void raw(String topic, String key, byte[] value) {
    producer.send(new ProducerRecord<>(topic, key, value));
  }

  @Override
  public void close() {
    producer.close();
  }
}
