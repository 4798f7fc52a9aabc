package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.function.LongConsumer;
import org.jboss.logging.Logger;

/**
 * The files under a name as they were at a look, and, once they were read, what is in them. Files
 * that change later have another content. It may be asked by many threads; the one that needs the
 * fingerprint first helps to read.
 */
public final class DatasetContent {
  private static final Logger LOG = Logger.getLogger(DatasetContent.class);

  private final String name;
  private final DatasetSource source;
  private final Stamp stamp;
  private final InvalidMessageException refusal;

  /** Whether the files were looked at for the second time because they were young at the first. */
  private final boolean isSecond;

  private final LongConsumer readNanos;

  /** Null where there is nothing left to read. */
  private volatile Examination examination;

  /** Not changed any more: other contents have it too. */
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

  /** What cannot be a data set. */
  static DatasetContent refused(String name, InvalidMessageException refusal) {
    var content =
        new DatasetContent(name, null, null, refusal, false, new FileDigests(), nanos -> {});
    content.facts = DatasetFacts.problem(refusal.reason());
    content.isRead = true;
    return content;
  }

  /** What a task is told where the system does not give the files. */
  static InvalidMessageException unreadable(String name, Exception e) {
    return new InvalidMessageException("dataset.name", Check.quote(name) + " cannot be read: " + e);
  }

  /**
   * The content that was found at a look: the one before, if the files are the same.
   *
   * @param before what was found at the look before; null where nothing was
   * @param readNanos told how long the files were read, in nanoseconds
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

  /** The content that was found, where a refusal may be the same as before. */
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
   * @throws InvalidMessageException where it is none
   */
  DatasetSource source() {
    if (refusal != null) {
      throw refusal;
    }
    return source;
  }

  /** What is in the files; null where they were not read yet. */
  DatasetFacts facts() {
    return facts;
  }

  /** Whether there is nothing left to read. */
  boolean isDone() {
    return isRead || hasChanged;
  }

  /** Whether the files were found to have changed while they were read. */
  boolean hasChanged() {
    return hasChanged;
  }

  /** Notes that something else was found under the name. */
  void replaced() {
    isReplaced = true;
  }

  /** Whether something else was found under the name meanwhile, or the same for a second look. */
  public boolean isReplaced() {
    return isReplaced;
  }

  /** The bytes that are left to read, about. */
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

  /** The files whose digests are kept. */
  int kept() {
    return digests.size();
  }

  /** Gives up the digests of single files: if one changes, all are read again. */
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
   * Waits until all files were read, and helps to.
   *
   * @return false where they changed meanwhile: ask for the data set again
   */
  public boolean read() {
    while (!isDone()) {
      step();
    }
    return !hasChanged;
  }

  /**
   * The SHA-256 of what is in the files, 64 hexadecimal digits, the same on any machine; waits for
   * it. Null where not all of the files can be read.
   */
  public String fingerprint() {
    return read() ? facts.fingerprint() : null;
  }

  /** What tells these files from others: the fingerprint, or where there is none their stamp. */
  public String identity() {
    String fingerprint = fingerprint();
    return fingerprint == null ? stamp.text() : fingerprint;
  }

  /**
   * Refuses to go on with other data than those that are meant.
   *
   * @throws InvalidMessageException where these are others
   */
  public void require(String fingerprint) {
    String own = fingerprint();
    if (own == null) {
      throw new InvalidMessageException("dataset.name", facts.problem());
    }
    if (!own.equals(fingerprint)) {
      throw new InvalidMessageException(
          "dataset.name",
          "the data of "
              + Check.quote(name)
              + " are not those that the run began with: they have changed, or this augmenter has"
              + " other data under that name");
    }
  }
}
