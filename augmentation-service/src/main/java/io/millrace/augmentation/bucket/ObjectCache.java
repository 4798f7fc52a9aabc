package io.millrace.augmentation.bucket;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * A bounded cache of objects on the local disk. A cached object is not fetched again, and
 * concurrent requests for an object fetch it once. When the cache is full, most of its objects
 * stay: an epoch reads each image once, so an image that was evicted for the next one would never
 * be read from the cache. Other objects pass through a part of the cache, where each is evicted by
 * later ones. A file larger than that part evicts the least recently used objects.
 *
 * <p>The cache starts empty and deletes the files that a terminated process has left behind.
 */
public final class ObjectCache implements AutoCloseable {
  /** The first part that is fetched of an object that is too large for the cache. */
  static final int PIECE = 1 << 20;

  private static final Logger LOG = Logger.getLogger(ObjectCache.class);

  /** The maximum number of objects; each takes about 150 bytes of memory. */
  private static final int MOST_FILES = 200_000;

  /** A file's size on disk is a multiple of this. */
  private static final long BLOCK = 4_096;

  /** The divisor that gives the part of the cache through which objects pass. */
  private static final int PASSING_SHARE = 8;

  /**
   * An object is old when this many times the number of cached objects were requested since its
   * last use.
   */
  private static final long PATIENCE = 2;

  /** The same if the new object is from the same data set; see the cache of decoded images. */
  private static final long PATIENCE_WITH_ITS_OWN = 16;

  /** Objects that are fetched ahead in parallel. */
  private static final int AHEAD = 32;

  /** The maximum number of objects that wait to be fetched ahead. */
  private static final int WAITING_AHEAD = 2_000;

  /** The maximum number of caches in one folder. */
  private static final int SLOTS = 100;

  /** Attempts to fetch a file that is evicted before it is opened. */
  private static final int OPENINGS = 10;

  private final Path folder;
  private final FileChannel lock;
  private final long mostKept;
  private final long mostPassing;
  private final Map<Key, Entry> kept = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Key, Entry> passing = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Key, CompletableFuture<Path>> fetches = new HashMap<>();
  private final Set<Key> wanted = new HashSet<>();
  private final ThreadPoolExecutor ahead;
  private final AtomicLong fetched = new AtomicLong();
  private long keptBytes;
  private long passingBytes;

  /** The bytes of objects that were fetched ahead and not read yet. */
  private long wantedBytes;

  private long requests;

  /**
   * Identifies one version of an object. {@code equals} is written out, as in the cache of decoded
   * images.
   */
  private record Key(long high, long low) {
    @Override
    public boolean equals(Object object) {
      return object instanceof Key other && high == other.high && low == other.low;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(high);
    }

    static Key of(BucketPath object, Listed.File file) {
      String text =
          object.files().bucket()
              + "\n"
              + object.files().prefix()
              + object.key()
              + "\n"
              + file.entityTag()
              + "\n"
              + file.size();
      try {
        ByteBuffer digest =
            ByteBuffer.wrap(
                MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        return new Key(digest.getLong(), digest.getLong());
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JVM has SHA-256", e);
      }
    }

    String name() {
      return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }
  }

  private static final class Entry {
    private final long bytes;
    private final String dataset;
    private final boolean isKept;
    private long lastRequest;

    /** Whether the object passes through the cache, was fetched ahead and was not read yet. */
    private boolean isWanted;

    Entry(long bytes, String dataset, boolean isKept) {
      this.bytes = bytes;
      this.dataset = dataset;
      this.isKept = isKept;
    }
  }

  private ObjectCache(Path folder, FileChannel lock, long bytes) {
    this.folder = folder;
    this.lock = lock;
    mostPassing = bytes / PASSING_SHARE;
    mostKept = bytes - mostPassing;
    ahead =
        new ThreadPoolExecutor(
            AHEAD,
            AHEAD,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING_AHEAD),
            run -> {
              var thread = new Thread(run, "bucket-ahead");
              thread.setDaemon(true);
              return thread;
            });
    ahead.allowCoreThreadTimeOut(true);
  }

  /**
   * Creates a cache.
   *
   * @param parent the folder in which each process creates its own cache folder
   * @param bytes the maximum size
   * @throws UncheckedIOException if the folder cannot be created
   */
  public static ObjectCache in(Path parent, long bytes) {
    try {
      Files.createDirectories(parent);
      ObjectCache made = null;
      for (int slot = 0; slot < SLOTS; slot++) {
        Path path = parent.resolve("millrace-objects-" + slot + ".lock");
        if (made != null && !Files.exists(path)) {
          return made;
        }
        FileChannel channel =
            FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!isFree(channel)) {
          channel.close();
          continue;
        }
        Path folder = parent.resolve("millrace-objects-" + slot);
        clear(folder);
        if (made == null) {
          made = new ObjectCache(Files.createDirectories(folder), channel, bytes);
        } else {
          channel.close();
        }
      }
      if (made != null) {
        return made;
      }
      throw new IOException(parent + " already has " + SLOTS + " caches in use");
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The object cache cannot be created (millrace.datasets.object-cache-folder)", e);
    }
  }

  private static boolean isFree(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static void clear(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      LOG.debugf("Created %s", folder);
    }
  }

  /** The bytes used on disk, including objects that are being fetched. */
  public synchronized long bytes() {
    return keptBytes + passingBytes;
  }

  /** The number of objects that were fetched. */
  public long fetched() {
    return fetched.get();
  }

  /** Whether an object of this size fits into the cache. */
  boolean takes(long size) {
    return onDisk(size) <= mostKept;
  }

  private static long onDisk(long size) {
    return Math.max(1, -Math.floorDiv(-size, BLOCK)) * BLOCK;
  }

  /** Whether an object is cached. */
  synchronized boolean has(BucketPath object) throws IOException {
    Key key = Key.of(object, object.file());
    return kept.containsKey(key) || passing.containsKey(key);
  }

  /** Opens an object that fits into the cache. */
  InputStream open(BucketPath object) throws IOException {
    return Channels.newInputStream(channel(object));
  }

  /** Opens an object for random access. */
  SeekableByteChannel channel(BucketPath object) throws IOException {
    Listed.File file = object.file();
    requireRoom(object, file);
    NoSuchFileException gone = null;
    for (int i = 0; i < OPENINGS; i++) {
      try {
        return Files.newByteChannel(fetched(object, file, false));
      } catch (NoSuchFileException e) {
        gone = e;
      }
    }
    throw new BucketException(
        object
            + " was evicted from the object cache before it was read; raise"
            + " millrace.datasets.object-cache-bytes",
        gone);
  }

  /**
   * The local file of an object; it may be evicted when other objects are fetched, unless it was
   * opened.
   */
  Path local(BucketPath object) throws IOException {
    Listed.File file = object.file();
    requireRoom(object, file);
    return fetched(object, file, false);
  }

  private void requireRoom(BucketPath object, Listed.File file) throws IOException {
    if (!takes(file.size())) {
      throw new BucketException(
          object
              + " has "
              + file.size()
              + " bytes, but the object cache accepts at most "
              + mostKept
              + " bytes per file; raise millrace.datasets.object-cache-bytes");
    }
  }

  /** Starts to fetch an object that is needed soon, if the cache can hold it until it is read. */
  void fetchAhead(BucketPath object) {
    Listed.File file;
    try {
      file = object.file();
    } catch (IOException e) {
      return; // Reading the object reports the error.
    }
    Key key = Key.of(object, file);
    long bytes = onDisk(file.size());
    synchronized (this) {
      boolean isHere = kept.containsKey(key) || passing.containsKey(key);
      if (isHere || fetches.containsKey(key) || wantedBytes + bytes > mostPassing / 2) {
        return;
      }
      if (!wanted.add(key)) {
        return;
      }
      wantedBytes += bytes;
    }
    try {
      ahead.execute(() -> fetchAhead(object, file, key));
    } catch (RejectedExecutionException e) {
      isWantedNoMore(key, bytes);
    }
  }

  private void fetchAhead(BucketPath object, Listed.File file, Key key) {
    try {
      fetched(object, file, true);
    } catch (IOException | RuntimeException e) {
      LOG.debugf(e, "%s cannot be fetched ahead", object);
    } finally {
      isWantedNoMore(key, onDisk(file.size()));
    }
  }

  private synchronized void isWantedNoMore(Key key, long bytes) {
    if (wanted.remove(key)) {
      wantedBytes -= bytes;
    }
  }

  private Path fetched(BucketPath object, Listed.File file, boolean isAhead) throws IOException {
    Key key = Key.of(object, file);
    while (true) {
      CompletableFuture<Path> fetch;
      boolean isMine = false;
      synchronized (this) {
        Entry here = get(key);
        if (here != null) {
          if (!isAhead) {
            isRead(key);
          }
          return path(key);
        }
        fetch = fetches.get(key);
        if (fetch == null) {
          fetch = new CompletableFuture<>();
          fetches.put(key, fetch);
          isMine = true;
        }
      }
      if (isMine) {
        fetch(object, file, key, isAhead, fetch);
      }
      try {
        Path path = Fetching.join(fetch);
        if (!isAhead) {
          isRead(key);
        }
        return path;
      } catch (ClosedByInterruptException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw e;
        }
        // Another thread has fetched it.
      }
    }
  }

  private Entry get(Key key) {
    Entry here = kept.get(key);
    return here == null ? passing.get(key) : here;
  }

  private synchronized void isRead(Key key) {
    Entry here = get(key);
    if (here != null) {
      here.lastRequest = ++requests;
      isWantedNoMore(here);
    }
  }

  private void isWantedNoMore(Entry here) {
    if (here.isWanted) {
      here.isWanted = false;
      wantedBytes -= here.bytes;
    }
  }

  private Path path(Key key) {
    return folder.resolve(key.name());
  }

  private void fetch(
      BucketPath object,
      Listed.File file,
      Key key,
      boolean isAhead,
      CompletableFuture<Path> fetch) {
    try {
      Entry entry = reserve(onDisk(file.size()), object.first());
      try {
        Path part = folder.resolve(key.name() + ".part");
        object.files().fetch(object, part);
        Files.move(part, path(key), StandardCopyOption.ATOMIC_MOVE);
        fetched.incrementAndGet();
      } catch (IOException | RuntimeException | Error e) {
        Files.deleteIfExists(folder.resolve(key.name() + ".part"));
        release(entry);
        throw e;
      }
      take(key, entry, isAhead);
      fetch.complete(path(key));
    } catch (IOException | RuntimeException | Error e) {
      synchronized (this) {
        fetches.remove(key);
      }
      fetch.completeExceptionally(e);
    }
  }

  private synchronized void take(Key key, Entry entry, boolean isAhead) {
    fetches.remove(key);
    entry.lastRequest = ++requests;
    (entry.isKept ? kept : passing).put(key, entry);
    if (isAhead && !entry.isKept && wanted.remove(key)) {
      entry.isWanted = true; // Its bytes are counted until it is read.
    }
    notifyAll();
  }

  private synchronized void release(Entry entry) {
    if (entry.isKept) {
      keptBytes -= entry.bytes;
    } else {
      passingBytes -= entry.bytes;
    }
    notifyAll();
  }

  /** Makes room; waits while objects that are being fetched take all of it. */
  private synchronized Entry reserve(long bytes, String dataset) throws IOException {
    boolean isLarge = bytes > mostPassing;
    while (true) {
      if (makeRoomToStay(bytes, dataset, isLarge)) {
        keptBytes += bytes;
        return new Entry(bytes, dataset, true);
      }
      if (!isLarge && makeRoomToPass(bytes)) {
        passingBytes += bytes;
        return new Entry(bytes, dataset, false);
      }
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ClosedByInterruptException();
      }
    }
  }

  private boolean makeRoomToStay(long bytes, String dataset, boolean anyGives) throws IOException {
    var eldest = kept.entrySet().iterator();
    while ((keptBytes + bytes > mostKept || kept.size() >= MOST_FILES) && eldest.hasNext()) {
      Map.Entry<Key, Entry> old = eldest.next();
      long patience = old.getValue().dataset.equals(dataset) ? PATIENCE_WITH_ITS_OWN : PATIENCE;
      if (!anyGives && requests - old.getValue().lastRequest <= patience * kept.size()) {
        return false;
      }
      keptBytes -= old.getValue().bytes;
      eldest.remove();
      Files.deleteIfExists(path(old.getKey()));
    }
    return keptBytes + bytes <= mostKept;
  }

  private boolean makeRoomToPass(long bytes) throws IOException {
    var eldest = passing.entrySet().iterator();
    while ((passingBytes + bytes > mostPassing || passing.size() >= MOST_FILES / PASSING_SHARE)
        && eldest.hasNext()) {
      Map.Entry<Key, Entry> old = eldest.next();
      isWantedNoMore(old.getValue());
      passingBytes -= old.getValue().bytes;
      eldest.remove();
      Files.deleteIfExists(path(old.getKey()));
    }
    return passingBytes + bytes <= mostPassing;
  }

  @Override
  public void close() {
    ahead.shutdownNow();
    try {
      clear(folder);
      Files.deleteIfExists(folder);
      lock.close();
    } catch (IOException e) {
      LOG.warnf("The object cache %s cannot be deleted: %s", folder, e);
    }
  }
}
