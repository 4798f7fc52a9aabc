package io.millrace.augmentation.bucket;

import java.util.OptionalLong;

/** A number for each version of an object, in 16 to 32 bytes each, up to a maximum. Thread-safe. */
final class ObjectNotes {
  /** The maximum number of notes: that of the images of a data set. */
  private static final int MOST = 2_000_000;

  /** The offset basis of the 64-bit hash FNV-1a by Fowler, Noll and Vo. */
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;

  private static final long FNV_PRIME = 0x100000001b3L;

  private long[] keys = new long[64];
  private long[] notes = new long[64];
  private int size;

  synchronized OptionalLong get(String key, Listed.File file) {
    long hash = hash(key, file);
    int slot = slot(hash);
    return keys[slot] == 0 ? OptionalLong.empty() : OptionalLong.of(notes[slot]);
  }

  synchronized void put(String key, Listed.File file, long note) {
    long hash = hash(key, file);
    if (size >= MOST) {
      // It includes deleted objects; existing ones are noted again.
      keys = new long[64];
      notes = new long[64];
      size = 0;
    }
    if (size * 3 > keys.length * 2) {
      grow();
    }
    int slot = slot(hash);
    if (keys[slot] == 0) {
      keys[slot] = hash;
      size++;
    }
    notes[slot] = note;
  }

  /** A hash of a key and its version; never 0, which marks an empty slot. */
  private static long hash(String key, Listed.File file) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < key.length(); i++) {
      hash = (hash ^ key.charAt(i)) * FNV_PRIME;
    }
    String tag = file.entityTag();
    for (int i = 0; i < tag.length(); i++) {
      hash = (hash ^ tag.charAt(i)) * FNV_PRIME;
    }
    hash = (hash ^ file.size()) * FNV_PRIME;
    return hash == 0 ? 1 : hash;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldNotes = notes;
    keys = new long[oldKeys.length * 2];
    notes = new long[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        notes[slot] = oldNotes[i];
      }
    }
  }

  /** The slot of a key, or the empty slot where it belongs. */
  private int slot(long key) {
    int slot = Long.hashCode(key * 0x9E3779B97F4A7C15L) & keys.length - 1;
    while (keys[slot] != 0 && keys[slot] != key) {
      slot = slot + 1 & keys.length - 1;
    }
    return slot;
  }
}
