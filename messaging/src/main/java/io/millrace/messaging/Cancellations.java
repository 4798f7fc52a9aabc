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
 * What users have told runs: the runs that are cancelled, the last {@value #MOST} of them, each
 * with the time of the command by the broker's clock; and who listens hears of each command.
 */
public final class Cancellations implements AutoCloseable {
  /** How many are remembered. */
  static final int MOST = 100_000;

  private static final Logger LOG = Logger.getLogger(Cancellations.class);

  /**
   * Hears of commands, in the thread that reads them: what takes long belongs elsewhere. Commands
   * that were there before the start are heard of too, and those of before a trouble perhaps twice.
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
   * @param from the beginning, for whoever has to know of all; or the end
   */
  public Cancellations(KafkaSettings kafka, From from, Listener listener) {
    this(from, () -> kafka.reader(from), listener);
  }

  /**
   * The same, for tests.
   *
   * @param consumers makes a consumer, at the start and after each trouble
   */
  Cancellations(From from, Supplier<Consumer<byte[], byte[]>> consumers, Listener listener) {
    this.listener = listener;
    commands = new TopicTail(Topics.TRAINING_COMMANDS, from, consumers, this::read);
  }

  /** Begins to read. */
  public Cancellations start() {
    commands.start();
    return this;
  }

  /**
   * Waits until all commands that were there at the start are read.
   *
   * @return whether they are
   */
  public boolean awaitCaughtUp(Duration longest) throws InterruptedException {
    return commands.awaitCaughtUp(longest);
  }

  /**
   * Whether a run was cancelled when, or after, something was asked for in its name: what had been
   * cancelled before may be asked for again.
   *
   * @param requestedAt the broker's time, in milliseconds since 1970; see {@link
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
      LOG.warnf("The command at offset %d is not understood: %s", record.offset(), e.getMessage());
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
      // The newest command is the last to be forgotten.
      Long before = runs.remove(run);
      runs.put(run, before == null ? at : Math.max(before, at));
    }
  }

  /** Forgets its oldest entries. */
  private static final class Newest extends LinkedHashMap<String, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
      return size() > MOST;
    }
  }
}
