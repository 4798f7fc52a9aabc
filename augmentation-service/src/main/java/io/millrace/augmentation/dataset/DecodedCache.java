package io.millrace.augmentation.dataset;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A bounded cache of decoded images of all data sets. When it is full, a new image only evicts
 * images that were not used for a long time: an epoch reads every image once, so an image that were
 * evicted for the next one would never be read from the cache. Other images go to the spill file,
 * and if that is full, they are decoded again.
 */
public final class DecodedCache {
  /**
   * An image is old when this many times the number of cached images were requested since its last
   * use.
   */
  private static final long PATIENCE = 2;

  /**
   * The same if the new image is from the same collection in the same size. During an epoch over a
   * collection up to this many times larger than the cache, the cache stays full of its images.
   */
  private static final long PATIENCE_WITH_ITS_OWN = 16;

  private static final int OVERHEAD = 160;

  /**
   * An image of a collection in a size, and whether it was rotated. {@code equals} is called
   * several times for each image of a batch; it is written out, because the generated one of a
   * record is interpreted in a native executable.
   */
  record Key(
      long collection, int part, int image, int height, int width, int channels, boolean isTurned) {
    @Override
    public boolean equals(Object object) {
      return object instanceof Key other
          && isBeside(other)
          && part == other.part
          && image == other.image
          && isTurned == other.isTurned;
    }

    @Override
    public int hashCode() {
      int hash = Long.hashCode(collection);
      hash = 31 * hash + part;
      hash = 31 * hash + image;
      hash = 31 * hash + height;
      hash = 31 * hash + width;
      hash = 31 * hash + channels;
      return 31 * hash + (isTurned ? 1 : 0);
    }

    private boolean isBeside(Key other) {
      return collection == other.collection
          && height == other.height
          && width == other.width
          && channels == other.channels;
    }
  }

  private static final class Entry {
    private final byte[] data;
    private long lastRequest;

    Entry(byte[] data) {
      this.data = data;
    }
  }

  private final long mostBytes;
  private final SpillFile spill;
  private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<Long> collections = new HashSet<>();
  private long lastCollection;
  private long bytes;
  private long requests;

  /** Creates a cache of at most this many bytes, without a spill file. */
  public DecodedCache(long mostBytes) {
    this(mostBytes, SpillFile.none());
  }

  /** Creates a cache of at most this many bytes of memory, with a spill file. */
  public DecodedCache(long mostBytes, SpillFile spill) {
    this.mostBytes = mostBytes;
    this.spill = spill;
  }

  /** The bytes of memory in use. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Registers a new collection; its images are accepted until it is forgotten. */
  synchronized long admit() {
    collections.add(++lastCollection);
    return lastCollection;
  }

  /** The pixels of an image, which must not be modified; null if they are not cached. */
  byte[] get(Key key) {
    byte[] data = remembered(key);
    return data == null ? spill.get(key) : data;
  }

  /** Whether an image is in memory; this does not count as use. */
  synchronized boolean holds(Key key) {
    return entries.containsKey(key);
  }

  private synchronized byte[] remembered(Key key) {
    requests++;
    Entry entry = entries.get(key);
    if (entry == null) {
      return null;
    }
    entry.lastRequest = requests;
    return entry.data;
  }

  void put(Key key, byte[] data) {
    if (!remember(key, data)) {
      spill.put(key, data);
    }
  }

  /** Keeps an image in memory if there is room. */
  private synchronized boolean remember(Key key, byte[] data) {
    if (!collections.contains(key.collection()) || entries.containsKey(key)) {
      return true;
    }
    long size = data.length + OVERHEAD;
    var eldest = entries.entrySet().iterator();
    while (bytes + size > mostBytes && eldest.hasNext()) {
      Map.Entry<Key, Entry> old = eldest.next();
      long patience = old.getKey().isBeside(key) ? PATIENCE_WITH_ITS_OWN : PATIENCE;
      if (requests - old.getValue().lastRequest <= patience * entries.size()) {
        return false;
      }
      bytes -= old.getValue().data.length + OVERHEAD;
      eldest.remove();
    }
    if (bytes + size > mostBytes) {
      return false;
    }
    var entry = new Entry(data);
    entry.lastRequest = requests;
    entries.put(key, entry);
    bytes += size;
    return true;
  }

  /** Drops all images of a collection, and accepts no more from threads that still read it. */
  synchronized void forget(long collection) {
    collections.remove(collection);
    entries
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = entry.getKey().collection() == collection;
              bytes -= gone ? entry.getValue().data.length + OVERHEAD : 0;
              return gone;
            });
    spill.forget(collection);
  }
}
