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
 * Decoded images in a file that is mapped into memory, so that the system keeps of it what it has
 * memory for. The file grows by regions, up to a bound; a region holds images of one collection in
 * one size. When all are full, the collection and size that nobody asked for since long gives up
 * its regions. The file has no name once it is open: it is gone with the process, however that
 * ends.
 */
public final class SpillFile {
  private static final Logger LOG = Logger.getLogger(SpillFile.class);

  /** Bytes of a region; the largest image, 4096×4096 in colours, takes 48 MiB. */
  private static final int REGION = 64 << 20;

  /** Images in one size are old when so many times the spill's images were asked for since. */
  private static final long PATIENCE = 2;

  private final FileChannel file;
  private final int region;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<Kind, Slots> kinds = new HashMap<>();
  private final Deque<MappedByteBuffer> free = new ArrayDeque<>();
  private final AtomicLong asked = new AtomicLong();
  private int unmade;
  private long images;

  /** Images of a collection in one size. Whether two are equal is written out: see DecodedCache. */
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

  /** The images of a kind, each with its slot, numbered through all regions. */
  private final class Slots {
    private final int size;
    private final List<MappedByteBuffer> regions = new ArrayList<>();
    private final Map<DecodedCache.Key, Integer> slots = new HashMap<>();
    private final AtomicLong asked = new AtomicLong();

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

  /** No spill: it takes nothing. */
  public static SpillFile none() {
    return new SpillFile(null, 0, REGION);
  }

  /**
   * A spill.
   *
   * @param folder in which its file is made
   * @param bytes that it takes at most, to the next region
   * @throws UncheckedIOException where the file cannot be made
   */
  public static SpillFile in(Path folder, long bytes) {
    return in(folder, bytes, REGION);
  }

  /** The same, with regions of another size. */
  static SpillFile in(Path folder, long bytes, int region) {
    try {
      Path path = Files.createTempFile(folder, "millrace-decoded-", ".spill");
      FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      Files.delete(path);
      return new SpillFile(file, bytes, region);
    } catch (IOException e) {
      throw new UncheckedIOException("The spill of decoded images cannot be made", e);
    }
  }

  /** A copy of an image's pixels; null where they are not here. */
  byte[] get(DecodedCache.Key key) {
    lock.readLock().lock();
    try {
      Slots slots = kinds.get(Kind.of(key));
      Integer slot = slots == null ? null : slots.slots.get(key);
      if (slot == null) {
        return null;
      }
      slots.asked.set(asked.incrementAndGet());
      byte[] data = new byte[slots.size];
      slots.slot(slot).get(data);
      return data;
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Takes an image, if there is room for it. */
  void put(DecodedCache.Key key, byte[] data) {
    if (data.length > region) {
      return;
    }
    lock.writeLock().lock();
    try {
      long now = asked.incrementAndGet();
      Kind kind = Kind.of(key);
      Slots known = kinds.get(kind);
      Slots slots = known == null ? new Slots(data.length) : known;
      if (slots.slots.containsKey(key) || slots.isFull() && !hasGrown(slots, kind)) {
        return;
      }
      kinds.put(kind, slots);
      slots.asked.set(now);
      int slot = slots.slots.size();
      slots.slot(slot).put(data);
      slots.slots.put(key, slot);
      images++;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Drops what belongs to a collection. */
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

  /** The kind that was not asked for since long. */
  private Optional<Kind> eldest() {
    return kinds.keySet().stream()
        .min(Comparator.comparingLong(kind -> kinds.get(kind).asked.get()))
        .filter(kind -> asked.get() - kinds.get(kind).asked.get() > PATIENCE * images);
  }

  private void drop(Kind kind) {
    Slots dropped = kinds.remove(kind);
    free.addAll(dropped.regions);
    images -= dropped.slots.size();
  }

  /** Makes a region. It is filled at once: a disk that is full later on would end the process. */
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
      LOG.warnf("The spill of decoded images does not grow any further: %s", e);
    }
  }
}
