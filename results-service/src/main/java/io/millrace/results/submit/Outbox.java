package io.millrace.results.submit;

import io.millrace.contracts.json.Messages;
import io.millrace.messaging.TraceHeaders;
import io.opentelemetry.context.Context;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Publishes records; done is what every replica in sync has. */
@ApplicationScoped
public class Outbox {
  private static final int BUFFER_BYTES = 16 << 20;
  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;
  private static final int TIMEOUT_MILLIS = 10_000;

  private final Map<String, Object> settings;
  private KafkaProducer<String, byte[]> producer;

  Outbox(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
    settings = new HashMap<>(kafka);
    settings.put(ProducerConfig.ACKS_CONFIG, "all");
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Messages.MAX_BYTES + 65_536);
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) BUFFER_BYTES);
    settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) TIMEOUT_MILLIS);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
  }

  /**
   * A record to be.
   *
   * @param trace that it belongs to
   */
  public record Letter(String topic, String key, byte[] value, Context trace) {
    private ProducerRecord<String, byte[]> record() {
      var record = new ProducerRecord<>(topic, key, value);
      TraceHeaders.write(trace, record.headers());
      return record;
    }
  }

  /**
   * Publishes the letters in their order.
   *
   * @param letters taken one after the other, so that they need not all be there at once
   * @return fails with {@link PublishingException} where the broker does not take one within 10 s
   */
  Uni<Void> send(Stream<Letter> letters) {
    return Uni.createFrom()
        .<Void>item(
            () -> {
              sendAndWait(letters);
              return null;
            })
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
  }

  /**
   * Publishes the letters in their order.
   *
   * @return the times at which they were published, by the broker's clock; fails as {@link #send}
   *     does
   */
  public Uni<List<Instant>> publish(List<Letter> letters) {
    return Uni.createFrom()
        .item(() -> sendAndWait(letters.stream()))
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
  }

  private List<Instant> sendAndWait(Stream<Letter> letters) {
    try {
      var sent = new ArrayList<Future<RecordMetadata>>();
      letters.forEach(letter -> sent.add(producer().send(letter.record())));
      var times = new ArrayList<Instant>(sent.size());
      for (Future<RecordMetadata> future : sent) {
        times.add(Instant.ofEpochMilli(future.get().timestamp()));
      }
      return times;
    } catch (KafkaException e) {
      throw new PublishingException(e);
    } catch (ExecutionException e) {
      throw new PublishingException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }

  /** Made when it is needed: where the broker's name is not known yet, the service still starts. */
  private synchronized KafkaProducer<String, byte[]> producer() {
    if (producer == null) {
      producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }
    return producer;
  }

  synchronized void stop(@Observes ShutdownEvent event) {
    if (producer != null) {
      producer.close(Duration.ofMillis(TIMEOUT_MILLIS));
    }
  }
}
