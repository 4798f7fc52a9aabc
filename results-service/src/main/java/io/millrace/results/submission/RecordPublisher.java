package io.millrace.results.submission;

import io.millrace.contracts.json.Messages;
import io.millrace.messaging.TraceHeaders;
import io.opentelemetry.context.Context;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes records. A record counts as published once every in-sync replica has it. */
@ApplicationScoped
public class RecordPublisher {
  private static final int BUFFER_BYTES = 16 << 20;
  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;
  private static final int DELIVERY_TIMEOUT_MILLIS = 10_000;

  private final Map<String, Object> settings;
  private KafkaProducer<String, byte[]> producer;

  RecordPublisher(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
    settings = new HashMap<>(kafka);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Messages.MAX_BYTES + 65_536);
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) BUFFER_BYTES);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) DELIVERY_TIMEOUT_MILLIS);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS);
  }

  /**
   * A record to publish.
   *
   * @param trace that it belongs to
   * @param headers as text, in addition to the trace headers
   */
  public record Message(
      String topic, String key, byte[] value, Context trace, Map<String, String> headers) {
    /** A message without additional headers. */
    public Message(String topic, String key, byte[] value, Context trace) {
      this(topic, key, value, trace, Map.of());
    }

    private ProducerRecord<String, byte[]> record() {
      var record = new ProducerRecord<>(topic, key, value);
      headers.forEach(
          (name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
      TraceHeaders.write(trace, record.headers());
      return record;
    }
  }

  /**
   * Publishes messages in their order.
   *
   * @return the place of each record; fails with {@link PublishingException} if the broker does not
   *     accept one within 10 s
   */
  Uni<List<RecordMetadata>> send(Message... messages) {
    return Uni.createFrom()
        .item(() -> publishAndWait(messages))
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
  }

  /**
   * Publishes messages in their order.
   *
   * @return the records' timestamps, by the broker's clock; fails as {@link #send} does
   */
  public Uni<List<Instant>> publish(List<Message> messages) {
    return send(messages.toArray(Message[]::new))
        .map(
            places ->
                places.stream().map(place -> Instant.ofEpochMilli(place.timestamp())).toList());
  }

  private List<RecordMetadata> publishAndWait(Message... messages) {
    try {
      var sent = new ArrayList<Future<RecordMetadata>>();
      for (Message message : messages) {
        sent.add(producer().send(message.record()));
      }
      var places = new ArrayList<RecordMetadata>();
      for (Future<RecordMetadata> future : sent) {
        places.add(future.get());
      }
      return List.copyOf(places);
    } catch (KafkaException e) {
      throw new PublishingException(e);
    } catch (ExecutionException e) {
      throw new PublishingException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }

  /**
   * Created on first use, so that the service starts even if the broker's host name does not
   * resolve yet.
   */
  private synchronized KafkaProducer<String, byte[]> producer() {
    if (producer == null) {
      producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }
    return producer;
  }

  synchronized void stop(@Observes ShutdownEvent event) {
    if (producer != null) {
      producer.close(Duration.ofMillis(DELIVERY_TIMEOUT_MILLIS));
    }
  }
}
