package io.millrace.trainer.intake;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.messaging.Cancellations;
import io.millrace.trainer.store.Claim;
import io.millrace.trainer.training.RunFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Deletes the files of runs whose users have deleted them, in a thread of its own, so that a busy
 * trainer does it too. Every trainer does, and one that was away when it starts; whoever comes
 * second finds nothing.
 */
public final class Deletions implements Cancellations.Listener, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Deletions.class);

  /**
   * Commands older than that were carried out by somebody, or are not worth a look at every start.
   */
  static final Duration FORGOTTEN = Duration.ofDays(30);

  private static final int WAITING = 10_000;

  private final RunFiles files;
  private final Clock clock;
  private final ThreadPoolExecutor hand =
      new ThreadPoolExecutor(
          1,
          1,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(WAITING),
          task -> {
            var thread = new Thread(task, "deletions");
            thread.setDaemon(true);
            return thread;
          },
          // Above that many they wait for the next start of a trainer.
          new ThreadPoolExecutor.DiscardPolicy());

  /** Deletions of runs' files. */
  public Deletions(RunFiles files, Clock clock) {
    this.files = files;
    this.clock = clock;
  }

  @Override
  public void deleted(String run, long at) {
    if (Instant.ofEpochMilli(at).isAfter(clock.instant().minus(FORGOTTEN))) {
      hand.execute(() -> delete(run, Instant.ofEpochMilli(at)));
    }
  }

  private void delete(String run, Instant at) {
    try {
      Optional<Claim> claim = files.store().claim(run);
      if (claim.isEmpty()) {
        return;
      }
      if (claim.get().end() == null || claim.get().end().at().isAfter(at)) {
        LOG.debugf("Run %s has gone on since it was to be deleted, and stays", run);
        return;
      }
      files.delete(claim.get());
      LOG.infof("Run %s is deleted: its models, results and checkpoints", run);
    } catch (IOException | UncheckedIOException | InvalidMessageException e) {
      LOG.warnf("The files of the deleted run %s are left: %s", run, e.getMessage());
    } catch (RuntimeException e) {
      LOG.errorf(e, "The files of the deleted run %s are left", run);
    }
  }

  @Override
  public void close() {
    hand.shutdownNow();
  }
}
