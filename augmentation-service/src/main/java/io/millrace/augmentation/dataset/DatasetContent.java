package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;

/**
 * The files under a name at the time of a look and, after they were read, the facts about them.
 * Files that change later have a new content. Thread-safe; a thread that needs the fingerprint
 * helps to read the files.
 */
public final class DatasetContent {
  private static final Logger LOG = Logger.getLogger(DatasetContent.class);

  private final String name;
  private final DatasetSource source;
  private final Stamp stamp;
  private final InvalidMessageException refusal;

  /** Whether this is the second look at files that were very recent at the first. */
  private final boolean isSecond;

  private final LongConsumer readNanos;

  /** Null if nothing is left to read. */
  private volatile Examination examination;

  /** Not modified any more, because other contents share it. */
  private volatile FileDigests digests;

  private boolean wasYoung;
  private volatile DatasetFacts facts;
  private volatile boolean isRead;
  private volatile boolean hasChanged;
  private volatile boolean isUnreadable;
  private volatile boolean isReplaced;

  private DatasetContent(
      String name,
      DatasetSource source,
      Stamp stamp,
      InvalidMessageException refusal,
      boolean isSecond,
      FileDigests digests,
      LongConsumer readNanos) {
    this.name = name;
    this.source = source;
    this.stamp = stamp;
    this.refusal = refusal;
    this.isSecond = isSecond;
    this.digests = digests;
    this.readNanos = readNanos;
  }

  /** The content of files that are not a valid data set. */
  static DatasetContent refused(String name, InvalidMessageException refusal) {
    var content =
        new DatasetContent(name, null, null, refusal, false, new FileDigests(), nanos -> {});
    content.facts = DatasetFacts.problem(refusal.reason());
    content.isRead = true;
    return content;
  }

  /** The error for files that the system cannot read. */
  static InvalidMessageException unreadable(String name, Exception e) {
    return new InvalidMessageException("dataset.name", Check.quote(name) + " cannot be read: " + e);
  }

  /**
   * The content at a look: the previous one if the files are the same.
   *
   * @param before the content at the previous look; null if there was none
   * @param readNanos receives the time to read the files, in nanoseconds
   */
  static DatasetContent of(
      String name, DatasetSource source, DatasetContent before, LongConsumer readNanos)
      throws IOException {
    Stamp stamp = source.stamp();
    boolean isSame =
        before != null
            && before.refusal == null
            && !before.hasChanged
            && before.stamp.text().equals(stamp.text());
    if (isSame && !before.needsSecondLook()) {
      if (before.isUnreadable) {
        before.readAgain();
      }
      return before;
    }
    FileDigests known = before == null ? new FileDigests() : before.digests();
    var content = new DatasetContent(name, source, stamp, null, isSame, known, readNanos);
    synchronized (content) {
      content.begin();
    }
    return content;
  }

  /** The content for a refusal: the previous one if the refusal is the same. */
  static DatasetContent refused(
      String name, InvalidMessageException refusal, DatasetContent before) {
    return before != null
            && before.refusal != null
            && before.refusal.reason().equals(refusal.reason())
        ? before
        : refused(name, refusal);
  }

  /**
   * The data set's source.
   *
   * @throws InvalidMessageException if the files are not a valid data set
   */
  DatasetSource source() {
    if (refusal != null) {
      throw refusal;
    }
    return source;
  }

  /** The facts about the files; null until they are read. */
  DatasetFacts facts() {
    return facts;
  }

  /** Whether nothing is left to read. */
  boolean isDone() {
    return isRead || hasChanged;
  }

  /** Whether the files changed while they were read. */
  boolean hasChanged() {
    return hasChanged;
  }

  /** Marks that a later look found another content under the name. */
  void replaced() {
    isReplaced = true;
  }

  /**
   * Whether a later look found another content under the name, or repeated the look at the same
   * files.
   */
  public boolean isReplaced() {
    return isReplaced;
  }

  /** The approximate number of bytes left to read. */
  long remaining() {
    Examination running = examination;
    return running == null ? 0 : running.remaining();
  }

  private synchronized FileDigests digests() {
    if (examination == null) {
      return digests;
    }
    var all = new FileDigests();
    all.putAll(digests);
    all.putAll(examination.digests());
    return all;
  }

  /** The number of files whose digests are kept. */
  int kept() {
    return digests.size();
  }

  /** Drops the digests of single files; if a file changes, all are read again. */
  void forgetDigests() {
    digests = new FileDigests();
  }

  private synchronized boolean needsSecondLook() {
    return isRead && wasYoung && !isSecond && !stamp.isYoung();
  }

  private void begin() {
    wasYoung = stamp.isYoung();
    examination = source.examine(stamp, digests);
  }

  private synchronized void readAgain() {
    isUnreadable = false;
    isRead = false;
    begin();
  }

  /** Reads some of the files. */
  synchronized void step() {
    if (isDone()) {
      return;
    }
    long start = System.nanoTime();
    try {
      DatasetFacts read = examination.step();
      if (read == null) {
        return;
      }
      if (source.stamp().text().equals(stamp.text())) {
        end(read);
      } else {
        hasChanged = true;
      }
    } catch (InvalidMessageException e) {
      end(DatasetFacts.problem(e.reason()));
    } catch (ClosedByInterruptException e) {
      begin();
      throw new UncheckedIOException(e);
    } catch (IOException | UncheckedIOException e) {
      isUnreadable = true;
      end(DatasetFacts.problem(unreadable(name, e).reason()));
    } finally {
      readNanos.accept(System.nanoTime() - start);
    }
  }

  private void end(DatasetFacts read) {
    digests = examination.digests();
    examination = null;
    if (!read.equals(facts)) {
      LOG.infof(
          "Data set %s: %s",
          name,
          read.isUsable()
              ? read.samples() + " samples, fingerprint " + read.fingerprint()
              : read.problem());
    }
    facts = read;
    isRead = true;
  }

  /**
   * Helps to read all files and waits until this is done.
   *
   * @return false if they changed meanwhile and the data set must be opened again
   */
  public boolean read() {
    while (!isDone()) {
      step();
    }
    return !hasChanged;
  }

  /**
   * The SHA-256 of the files' content, 64 hexadecimal digits, the same on any machine. Waits until
   * the files are read. Null if not all files can be read.
   */
  public String fingerprint() {
    return read() ? facts.fingerprint() : null;
  }

  /** An identifier of these files: the fingerprint, or their stamp if there is none. */
  public String identity() {
    String fingerprint = fingerprint();
    return fingerprint == null ? stamp.text() : fingerprint;
  }

  /**
   * Checks that the data have the expected fingerprint.
   *
   * @throws InvalidMessageException if they have another one
   */
  public void require(String fingerprint) {
    String own = fingerprint();
    if (own == null) {
      throw new InvalidMessageException("dataset.name", facts.problem());
    }
    if (!own.equals(fingerprint)) {
      throw new InvalidMessageException(
          "dataset.name",
          "the data set "
              + Check.quote(name)
              + " is not the one that the run started with: it has changed, or this augmentation"
              + " service has other data under that name");
    }
  }
}
