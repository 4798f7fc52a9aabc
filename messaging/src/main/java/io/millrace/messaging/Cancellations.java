package io.millrace.messaging;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.KafkaSettings.From;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/**
 * Follows users' commands to runs. It keeps the last {@value #MOST} cancelled runs, each with the
 * command's time by the broker's clock, and notifies a listener of each command.
 */
public final class Cancellations implements AutoCloseable {
  /** The most cancellations that are kept. */
  static final int MOST = 100_000;

  private static final Logger LOG = Logger.getLogger(Cancellations.class);

  /**
   * Receives commands in the thread that reads them, so it must return quickly. It also receives
   * commands from before the start, and after an error it may receive a command twice.
   */
  public interface Listener {
    /**
     * A run is cancelled.
     *
     * @param at the broker's time of the command, in milliseconds since 1970
     */
    default void cancelled(String run, long at) {}

    /**
     * The files of a run are to be deleted.
     *
     * @param at the broker's time of the command, in milliseconds since 1970
     */
    default void deleted(String run, long at) {}
  }

  private final Map<String, Long> runs = new Newest();
  private final Listener listener;
  private final TopicTail commands;

  /**
   * Reads commands in the background once {@link #start} is called.
   *
   * @param from the beginning, to receive all commands; or the end
   */
  public Cancellations(KafkaSettings kafka, From from, Listener listener) {
    this(from, () -> kafka.reader(from), listener);
  }

  /**
   * For tests.
   *
   * @param consumers creates a consumer, at the start and after each error
   */
  Cancellations(From from, Supplier<Consumer<byte[], byte[]>> consumers, Listener listener) {
    this.listener = listener;
    commands = new TopicTail(Topics.TRAINING_COMMANDS, from, consumers, this::read);
  }

  /** Starts reading. */
  public Cancellations start() {
    commands.start();
    return this;
  }

  /**
   * Waits until all commands from before the start are read.
   *
   * @return whether they are read
   */
  public boolean awaitCaughtUp(Duration longest) throws InterruptedException {
    return commands.awaitCaughtUp(longest);
  }

  /**
   * Whether a run was cancelled at or after the time of its request. A run that was cancelled
   * earlier may be requested again.
   *
   * @param requestedAt the broker's time of the request, in milliseconds since 1970; see {@link
   *     Delivery#requestedAt}
   */
  public boolean isCancelled(String run, long requestedAt) {
    synchronized (runs) {
      Long at = runs.get(run);
      return at != null && at >= requestedAt;
    }
  }

  @Override
  public void close() {
    commands.close();
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return;
    }
    TrainingCommand command;
    try {
      command = Messages.read(record.value(), TrainingCommand.class);
    } catch (InvalidMessageException e) {
      LOG.warnf("Cannot read the command at offset %d: %s", record.offset(), e.getMessage());
      return;
    }
    if (command instanceof TrainingCommand.Cancel cancel) {
      cancel(cancel.run(), record.timestamp());
      listener.cancelled(cancel.run(), record.timestamp());
    } else if (command instanceof TrainingCommand.Delete delete) {
      listener.deleted(delete.run(), record.timestamp());
    }
  }

  private void cancel(String run, long at) {
    synchronized (runs) {
      // The newest command is dropped last.
      Long before = runs.remove(run);
      runs.put(run, before == null ? at : Math.max(before, at));
    }
  }

  /** Drops its oldest entries. */
  private static final class Newest extends LinkedHashMap<String, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
      return size() > MOST;
    }
  }
}
