package io.millrace.augmentation.intake;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.kafka.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * Reads every command from the time of its start on, in no group. What was cancelled before that
 * needs no memory: the run's batch topic is gone.
 */
final class CommandListener implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(CommandListener.class);
  private static final Duration POLL = Duration.ofSeconds(1);

  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final CancelledRuns cancelled;
  private final Thread thread = new Thread(this::run, "commands");
  private volatile boolean closing;
  private volatile Consumer<byte[], byte[]> consumer;

  CommandListener(Map<String, Object> kafka, CancelledRuns cancelled) {
    this(() -> consumer(kafka), cancelled);
  }

  /**
   * A listener.
   *
   * @param consumers makes a consumer, at the start and after each trouble
   */
  CommandListener(Supplier<Consumer<byte[], byte[]>> consumers, CancelledRuns cancelled) {
    this.consumers = consumers;
    this.cancelled = cancelled;
  }

  private static Consumer<byte[], byte[]> consumer(Map<String, Object> kafka) {
    var settings = new HashMap<>(kafka);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!closing) {
      try (var reader = consumers.get()) {
        consumer = reader;
        List<TopicPartition> partitions = partitions(reader);
        reader.assign(partitions);
        reader.seekToEnd(partitions);
        while (!closing) {
          reader.poll(POLL).forEach(this::obey);
        }
      } catch (WakeupException e) {
        return;
      } catch (KafkaException | IllegalStateException e) {
        LOG.warnf("Commands cannot be read: %s; trying again", e.getMessage());
        pause();
      }
    }
  }

  /** A topic that was just made may not be known everywhere yet. */
  private static List<TopicPartition> partitions(Consumer<byte[], byte[]> reader) {
    List<TopicPartition> partitions =
        reader.partitionsFor(Topics.TRAINING_COMMANDS).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new KafkaException(Topics.TRAINING_COMMANDS + " has no partitions yet");
    }
    return partitions;
  }

  private void obey(ConsumerRecord<byte[], byte[]> record) {
    try {
      var command = Messages.read(record.value(), TrainingCommand.class);
      if (command instanceof TrainingCommand.Cancel cancel) {
        cancelled.cancel(cancel.run(), record.timestamp());
        LOG.infof("Run %s was cancelled: its tasks are dropped", cancel.run());
      }
    } catch (InvalidMessageException e) {
      LOG.warnf("A command that is not understood is ignored: %s", e.getMessage());
    }
  }

  private synchronized void pause() {
    try {
      if (!closing) {
        wait(POLL.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closing = true;
    }
  }

  @Override
  public void close() {
    closing = true;
    synchronized (this) {
      notifyAll();
    }
    Consumer<byte[], byte[]> reader = consumer;
    if (reader != null) {
      reader.wakeup();
    }
    try {
      thread.join(POLL.toMillis() * 2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
