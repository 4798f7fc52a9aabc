package io.millrace.augmentation.dataset;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jboss.logging.Logger;

/**
 * Stores decoded images in a memory-mapped file, of which the system caches as much as it has
 * memory for. The file grows by regions up to a maximum; a region holds images of one collection in
 * one size. When all regions are full, a collection and size that was not used for a long time
 * loses its regions. The file is deleted as soon as it is open, so it disappears with the process,
 * even after a crash.
 */
public final class SpillFile {
  private static final Logger LOG = Logger.getLogger(SpillFile.class);

  /**
   * The size of a region in bytes; the largest image, 4096×4096 with three channels, takes 48 MiB.
   */
  private static final int REGION = 64 << 20;

  /**
   * A kind is old when this many times the number of images in the file were requested since its
   * last use.
   */
  private static final long PATIENCE = 2;

  private final FileChannel file;
  private final int region;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<Kind, Slots> kinds = new HashMap<>();
  private final Deque<MappedByteBuffer> free = new ArrayDeque<>();
  private final AtomicLong requests = new AtomicLong();
  private int unmade;
  private long images;

  /**
   * The images of a collection in one size. {@code equals} is written out, see {@link
   * DecodedCache}.
   */
  private record Kind(long collection, int height, int width, int channels) {
    @Override
    public boolean equals(Object object) {
      return object instanceof Kind other
          && collection == other.collection
          && height == other.height
          && width == other.width
          && channels == other.channels;
    }

    @Override
    public int hashCode() {
      return 31 * (31 * (31 * Long.hashCode(collection) + height) + width) + channels;
    }

    static Kind of(DecodedCache.Key key) {
      return new Kind(key.collection(), key.height(), key.width(), key.channels());
    }
  }

  /** The images of a kind and their slots, numbered across all its regions. */
  private final class Slots {
    private final int size;
    private final List<MappedByteBuffer> regions = new ArrayList<>();
    private final Map<DecodedCache.Key, Integer> slots = new HashMap<>();
    private final AtomicLong lastRequest = new AtomicLong();

    Slots(int size) {
      this.size = size;
    }

    boolean isFull() {
      return slots.size() == regions.size() * (region / size);
    }

    ByteBuffer slot(int slot) {
      int perRegion = region / size;
      return regions.get(slot / perRegion).slice(slot % perRegion * size, size);
    }
  }

  private SpillFile(FileChannel file, long bytes, int region) {
    this.file = file;
    this.region = region;
    this.unmade = Math.toIntExact(-Math.floorDiv(-bytes, (long) region));
  }

  /** A spill file that stores nothing. */
  public static SpillFile none() {
    return new SpillFile(null, 0, REGION);
  }

  /**
   * Creates a spill file.
   *
   * @param folder the folder of the file
   * @param bytes the maximum size, rounded to regions
   * @throws UncheckedIOException if the file cannot be created
   */
  public static SpillFile in(Path folder, long bytes) {
    return in(folder, bytes, REGION);
  }

  /** Creates a spill file with regions of another size. */
  static SpillFile in(Path folder, long bytes, int region) {
    try {
      Path path = Files.createTempFile(folder, "millrace-decoded-", ".spill");
      FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      Files.delete(path);
      return new SpillFile(file, bytes, region);
    } catch (IOException e) {
      throw new UncheckedIOException("The spill file for decoded images cannot be created", e);
    }
  }

  /** A copy of an image's pixels; null if they are not stored. */
  byte[] get(DecodedCache.Key key) {
    lock.readLock().lock();
    try {
      Slots slots = kinds.get(Kind.of(key));
      Integer slot = slots == null ? null : slots.slots.get(key);
      if (slot == null) {
        return null;
      }
      slots.lastRequest.set(requests.incrementAndGet());
      byte[] data = new byte[slots.size];
      slots.slot(slot).get(data);
      return data;
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Stores an image if there is room. */
  void put(DecodedCache.Key key, byte[] data) {
    if (data.length > region) {
      return;
    }
    lock.writeLock().lock();
    try {
      long now = requests.incrementAndGet();
      Kind kind = Kind.of(key);
      Slots known = kinds.get(kind);
      Slots slots = known == null ? new Slots(data.length) : known;
      if (slots.slots.containsKey(key) || slots.isFull() && !hasGrown(slots, kind)) {
        return;
      }
      kinds.put(kind, slots);
      slots.lastRequest.set(now);
      int slot = slots.slots.size();
      slots.slot(slot).put(data);
      slots.slots.put(key, slot);
      images++;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Drops all images of a collection. */
  void forget(long collection) {
    lock.writeLock().lock();
    try {
      kinds.keySet().stream()
          .filter(kind -> kind.collection == collection)
          .toList()
          .forEach(this::drop);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private boolean hasGrown(Slots slots, Kind kind) {
    if (free.isEmpty() && unmade > 0) {
      make();
    }
    if (free.isEmpty()) {
      eldest().filter(old -> !old.equals(kind)).ifPresent(this::drop);
    }
    return !free.isEmpty() && slots.regions.add(free.pop());
  }

  /** The kind that was not used for a long time, if there is one. */
  private Optional<Kind> eldest() {
    return kinds.keySet().stream()
        .min(Comparator.comparingLong(kind -> kinds.get(kind).lastRequest.get()))
        .filter(kind -> requests.get() - kinds.get(kind).lastRequest.get() > PATIENCE * images);
  }

  private void drop(Kind kind) {
    Slots dropped = kinds.remove(kind);
    free.addAll(dropped.regions);
    images -= dropped.slots.size();
  }

  /**
   * Creates a region. It is written immediately, because a full disk would later crash the process.
   */
  private void make() {
    try {
      long start = file.size();
      ByteBuffer zeros = ByteBuffer.allocate(Math.min(region, 1 << 20));
      while (file.size() < start + region) {
        file.write(zeros.rewind(), file.size());
      }
      free.push(file.map(FileChannel.MapMode.READ_WRITE, start, region));
      unmade--;
    } catch (IOException e) {
      unmade = 0;
      LOG.warnf("The spill file for decoded images cannot grow: %s", e);
    }
  }
}
