package io.millrace.augmentation.intake;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Reads every command from the time of its start on. What was cancelled before that needs no
 * memory: the run's batch topic is gone.
 */
final class CommandListener implements TopicTail.Reader, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(CommandListener.class);

  private final CancelledRuns cancelled;
  private final TopicTail commands;

  CommandListener(Map<String, Object> kafka, CancelledRuns cancelled) {
    this(() -> TopicTail.consumer(kafka, "latest"), cancelled);
  }

  /**
   * A listener.
   *
   * @param consumers makes a consumer, at the start and after each trouble
   */
  CommandListener(Supplier<Consumer<byte[], byte[]>> consumers, CancelledRuns cancelled) {
    this.cancelled = cancelled;
    commands = new TopicTail(Topics.TRAINING_COMMANDS, consumers, this);
  }

  void start() {
    commands.start();
  }

  @Override
  public void begin(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
    consumer.seekToEnd(partitions);
  }

  @Override
  public void read(ConsumerRecord<byte[], byte[]> record) {
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

  @Override
  public void close() {
    commands.close();
  }
}
