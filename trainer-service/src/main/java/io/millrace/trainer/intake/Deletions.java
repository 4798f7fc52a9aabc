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
 * Deletes the files of runs that users have deleted, in a thread of its own, so that a busy trainer
 * does it too. Every trainer does, also for commands that it missed while it was down; the second
 * one finds nothing.
 */
public final class Deletions implements Cancellations.Listener, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Deletions.class);

  /**
   * Older commands are ignored: some trainer has carried them out, or they are not worth a check at
   * every start.
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
          // Further deletions wait for a trainer's next start.
          new ThreadPoolExecutor.DiscardPolicy());

  /** Creates the listener that deletes runs' files. */
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
        LOG.debugf("Run %s was resumed after its deletion was requested; its files stay", run);
        return;
      }
      files.delete(claim.get());
      LOG.infof("Deleted run %s: its models, results and checkpoints", run);
    } catch (IOException | UncheckedIOException | InvalidMessageException e) {
      LOG.warnf("Some files of the deleted run %s remain: %s", run, e.getMessage());
    } catch (RuntimeException e) {
      LOG.errorf(e, "Some files of the deleted run %s remain", run);
    }
  }

  @Override
  public void close() {
    hand.shutdownNow();
  }
}
