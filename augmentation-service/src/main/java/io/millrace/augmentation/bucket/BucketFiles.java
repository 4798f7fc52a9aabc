package io.millrace.augmentation.bucket;

import io.millrace.contracts.Check;
import io.millrace.storage.S3Access;
import io.millrace.storage.StoreAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The objects of a bucket under a prefix, as files. They are listed on first use and then
 * periodically; if listing fails, the last listing stays in use.
 */
public final class BucketFiles extends FileSystem {
  private static final Logger LOG = Logger.getLogger(BucketFiles.class);

  /** The minimum time between two listings, as a multiple of a listing's duration. */
  private static final long LISTINGS_APART = 20;

  /** The minimum time between two listings. */
  private static final long LEAST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final String CONNECTIONS = "http.maxConnections";

  /** The time before a failed first listing is retried. */
  private static final long FAILURE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final BucketProvider provider = new BucketProvider();
  private final StoreAddress.Bucket address;
  private final BucketObjects objects;
  private final ObjectCache cache;
  private final ObjectNotes notes = new ObjectNotes();
  private final Bounds bounds;
  private final Object listingLock = new Object();
  private final Thread thread = new Thread(this::goRound, "bucket");
  private volatile Listed.Folder listing;
  private volatile long listNanos;
  private volatile boolean isUnlisted;
  private volatile boolean isDue;
  private volatile boolean closing;
  private IOException failure;
  private long failedAt;

  /**
   * Limits for a listing and for a request.
   *
   * @param age the time after which the bucket is listed again, or twenty times a listing's
   *     duration if that is longer
   * @param objects the maximum number of objects that are listed
   * @param attempts for a request that fails with a transient error, with increasing pauses
   */
  public record Bounds(Duration age, int objects, int attempts) {
    private static final int ATTEMPTS = 8;

    /** Limits with eight attempts for each request, which take at most a minute. */
    public Bounds(Duration age, int objects) {
      this(age, objects, ATTEMPTS);
    }

    /** Validates the values under the names of their settings. */
    public Bounds {
      Check.range("millrace.datasets.list-seconds", Math.toIntExact(age.toSeconds()), 1, 86_400);
      Check.range("millrace.datasets.max-objects", objects, 1, 10_000_000);
    }
  }

  private BucketFiles(
      S3Access access, StoreAddress.Bucket address, ObjectCache cache, Bounds bounds) {
    this.address = address;
    this.cache = cache;
    this.bounds = bounds;
    objects = new BucketObjects(access, address, bounds.attempts);
  }

  /**
   * Opens a bucket without contacting the server.
   *
   * @param cache for its objects, shared with other buckets
   */
  public static BucketFiles open(
      S3Access access, StoreAddress.Bucket address, ObjectCache cache, Bounds bounds) {
    if (System.getProperty(CONNECTIONS) == null) {
      // By default the JDK keeps five connections per server, but more threads use them.
      System.setProperty(CONNECTIONS, "64");
    }
    var files = new BucketFiles(access, address, cache, bounds);
    files.thread.setDaemon(true);
    files.thread.start();
    return files;
  }

  /** The folder of all objects; it always shows the last listing. */
  public Path root() {
    return new BucketPath(this, null, "/");
  }

  /** Whether a path's bucket has been listed; true for paths outside buckets. */
  public static boolean isListed(Path path) {
    return !(path instanceof BucketPath object) || object.files().listing != null;
  }

  String bucket() {
    return address.name();
  }

  String prefix() {
    return address.prefix();
  }

  String describe(String key) {
    return objects.describe(key);
  }

  ObjectCache cache() {
    return cache;
  }

  ObjectNotes notes() {
    return notes;
  }

  /** The last listing; waits for the first one. */
  Listed.Folder listing() throws IOException {
    Listed.Folder last = listing;
    if (last != null) {
      return last;
    }
    synchronized (listingLock) {
      if (listing == null) {
        if (failure != null && System.nanoTime() - failedAt < FAILURE_NANOS) {
          throw new BucketException(failure.getMessage(), failure);
        }
        try {
          list();
        } catch (IOException e) {
          failure = e;
          failedAt = System.nanoTime();
          throw e;
        }
      }
      return listing;
    }
  }

  /** Lists the bucket immediately. */
  public void list() throws IOException {
    synchronized (listingLock) {
      long start = System.nanoTime();
      Listed.Folder now = new BucketLister(objects, bounds.objects()).list();
      listing = now.sharing(listing == null ? Listed.Folder.EMPTY : listing);
      listNanos = System.nanoTime() - start;
    }
  }

  /** Schedules a listing, because an object was found to have changed. */
  private synchronized void listSoon() {
    isDue = true;
    notifyAll();
  }

  private void goRound() {
    while (!closing) {
      pause();
      if (listing == null || closing) {
        continue;
      }
      try {
        list();
        if (isUnlisted) {
          isUnlisted = false;
          LOG.infof("%s can be listed again", describe(""));
        }
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        if (!isUnlisted && !closing) {
          isUnlisted = true;
          LOG.warnf(
              "%s cannot be listed; the last listing stays in use: %s",
              describe(""), e.getMessage());
        }
      }
    }
  }

  private synchronized void pause() {
    long start = System.nanoTime();
    long most = Math.max(bounds.age().toNanos(), LISTINGS_APART * listNanos);
    try {
      long left = most;
      while (!closing && left > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
        long past = System.nanoTime() - start;
        left = (isDue ? LEAST_NANOS : most) - past;
      }
      isDue = false;
    } catch (InterruptedException e) {
      closing = true;
    }
  }

  /** Reads a part of an object. */
  byte[] read(BucketPath object, long from, int bytes) throws IOException {
    try {
      return objects.read(object.key(), object.file(), from, bytes);
    } catch (ChangedObjectException e) {
      listSoon();
      throw e;
    }
  }

  /** Writes an object to a file. */
  void fetch(BucketPath object, Path to) throws IOException {
    try {
      objects.fetch(object.key(), object.file(), to);
    } catch (ChangedObjectException e) {
      listSoon();
      throw e;
    }
  }

  /** Opens an object; one that is too large for the cache is fetched in pieces each time. */
  InputStream open(BucketPath object) throws IOException {
    return cache.takes(object.file().size())
        ? cache.open(object)
        : new PieceStream(object, ObjectCache.PIECE);
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {
    closing = true;
    synchronized (this) {
      notifyAll();
    }
    objects.close();
  }

  @Override
  public boolean isOpen() {
    return !closing;
  }

  @Override
  public boolean isReadOnly() {
    return true;
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return List.of(root());
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return List.of();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return Set.of("basic");
  }

  @Override
  public Path getPath(String first, String... more) {
    String all = more.length == 0 ? first : first + "/" + String.join("/", more);
    if (all.indexOf('\0') >= 0) {
      throw new InvalidPathException(all, "an object key cannot contain the character 0");
    }
    String text = all.replaceAll("/{2,}", "/");
    boolean isEndless = text.length() > 1 && text.endsWith("/");
    return new BucketPath(this, null, isEndless ? text.substring(0, text.length() - 1) : text);
  }

  @Override
  public PathMatcher getPathMatcher(String pattern) {
    throw new UnsupportedOperationException(pattern);
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException("object owners are not supported");
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException("a bucket does not report changes");
  }
}
