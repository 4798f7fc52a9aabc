package io.millrace.results;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.messaging.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A simulated trainer. It reads the runs of an experiment from the queue and publishes at once the
 * events that a test defines for each run. When it reads a run for the n-th time, it publishes
 * under the n-th claim.
 */
final class PlayedTrainer implements AutoCloseable {
  private final String experiment;
  private final Publisher publisher;
  private final Function<TrainingRequest, List<? extends TrainingEvent>> eventsOf;
  private final List<TrainingRequest> taken = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::work, "played-trainer");
  private volatile boolean stopping;

  PlayedTrainer(
      String experiment,
      Publisher publisher,
      Function<TrainingRequest, List<? extends TrainingEvent>> eventsOf) {
    this.experiment = experiment;
    this.publisher = publisher;
    this.eventsOf = eventsOf;
    thread.start();
  }

  /** The requests read from the queue so far, in order. A run that was queued twice has two. */
  List<TrainingRequest> taken() {
    return List.copyOf(taken);
  }

  private void work() {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                Infrastructure.bootstrapServers(),
                "isolation.level",
                "read_committed",
                "enable.auto.commit",
                false),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(Topics.TRAINING_QUEUE).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (!stopping) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          TrainingRequest request = Messages.readRequest(record.value());
          if (request.experiment().equals(experiment)) {
            taken.add(request);
            int claim = (int) taken.stream().filter(one -> one.run().equals(request.run())).count();
            publisher.eventsUnder(claim, eventsOf.apply(request).toArray(TrainingEvent[]::new));
          }
        }
      }
    }
  }

  @Override
  public void close() throws InterruptedException {
    stopping = true;
    thread.join();
  }
}
