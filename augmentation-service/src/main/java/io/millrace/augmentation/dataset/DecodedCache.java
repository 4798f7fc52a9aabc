package io.millrace.augmentation.dataset;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Decoded images of all data sets, within a bound. When it is full, a new image takes the place of
 * those that were not asked for since long: an epoch asks for every image once, and an image that
 * made room for the next one would never be found again. What finds no room goes to the spill, and
 * what finds none there is decoded again.
 */
public final class DecodedCache {
  /** An image is old when so many times the cache's images were asked for since. */
  private static final long PATIENCE = 2;

  /**
   * The same where the new image is of the same collection in the same size. An epoch over a
   * collection so many times as large as the cache still finds a cache full of its images.
   */
  private static final long PATIENCE_WITH_ITS_OWN = 16;

  private static final int OVERHEAD = 160;

  /**
   * An image of a collection in a size, and whether it was turned. Every image of a batch asks
   * several times whether two are equal: that is written out, because what a record comes with is
   * interpreted in a native executable.
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
    private long asked;

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
  private long asked;

  /** A cache of at most so many bytes, without a spill. */
  public DecodedCache(long mostBytes) {
    this(mostBytes, SpillFile.none());
  }

  /** A cache of at most so many bytes of memory, and the room of a spill. */
  public DecodedCache(long mostBytes, SpillFile spill) {
    this.mostBytes = mostBytes;
    this.spill = spill;
  }

  /** The bytes of memory that are taken. */
  public synchronized long bytes() {
    return bytes;
  }

  /** Makes a number for a new collection, whose images are taken until it is forgotten. */
  synchronized long admit() {
    collections.add(++lastCollection);
    return lastCollection;
  }

  /** An image's pixels, not to be written to; null where they are not here. */
  byte[] get(Key key) {
    byte[] data = remembered(key);
    return data == null ? spill.get(key) : data;
  }

  /** Whether an image is in memory; that it is asked for is not noted. */
  synchronized boolean holds(Key key) {
    return entries.containsKey(key);
  }

  private synchronized byte[] remembered(Key key) {
    asked++;
    Entry entry = entries.get(key);
    if (entry == null) {
      return null;
    }
    entry.asked = asked;
    return entry.data;
  }

  void put(Key key, byte[] data) {
    if (!remember(key, data)) {
      spill.put(key, data);
    }
  }

  /** Takes an image into memory, unless there is no room for it. */
  private synchronized boolean remember(Key key, byte[] data) {
    if (!collections.contains(key.collection()) || entries.containsKey(key)) {
      return true;
    }
    long size = data.length + OVERHEAD;
    var eldest = entries.entrySet().iterator();
    while (bytes + size > mostBytes && eldest.hasNext()) {
      Map.Entry<Key, Entry> old = eldest.next();
      long patience = old.getKey().isBeside(key) ? PATIENCE_WITH_ITS_OWN : PATIENCE;
      if (asked - old.getValue().asked <= patience * entries.size()) {
        return false;
      }
      bytes -= old.getValue().data.length + OVERHEAD;
      eldest.remove();
    }
    if (bytes + size > mostBytes) {
      return false;
    }
    var entry = new Entry(data);
    entry.asked = asked;
    entries.put(key, entry);
    bytes += size;
    return true;
  }

  /** Drops what belongs to a collection, and takes no more of it from those who still read it. */
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
