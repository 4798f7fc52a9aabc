package io.millrace.augmentation.dataset;

import java.util.Arrays;

/**
 * Digests of files, each with a note, by a key that changes when the file changes; about seventy
 * bytes each, up to a maximum. Other files are read again.
 */
final class FileDigests {
  /** The maximum number of files; a data set may have more. */
  static final int MOST = 1_000_000;

  private long[] keys = new long[64];
  private byte[] digests = new byte[64 * Sha256.BYTES];
  private long[] notes = new long[64];
  private int size;

  int size() {
    return size;
  }

  /** The digest of a key; null if there is none. */
  byte[] get(long key) {
    int slot = slot(key);
    return keys[slot] == 0
        ? null
        : Arrays.copyOfRange(digests, slot * Sha256.BYTES, (slot + 1) * Sha256.BYTES);
  }

  /** The note of a key that has a digest. */
  long note(long key) {
    return notes[slot(key)];
  }

  /**
   * Adds a digest.
   *
   * @param key not 0, which marks an empty slot: a file with the key 0 is read again
   * @param note other information about the file
   */
  void put(long key, byte[] digest, long note) {
    if (key == 0 || size >= MOST) {
      return;
    }
    if (size * 3 > keys.length * 2) {
      grow();
    }
    int slot = slot(key);
    if (keys[slot] == 0) {
      keys[slot] = key;
      size++;
    }
    System.arraycopy(digest, 0, digests, slot * Sha256.BYTES, Sha256.BYTES);
    notes[slot] = note;
  }

  /** Adds all digests of another object. */
  void putAll(FileDigests other) {
    for (long key : other.keys) {
      if (key != 0) {
        put(key, other.get(key), other.note(key));
      }
    }
  }

  private void grow() {
    long[] oldKeys = keys;
    byte[] oldDigests = digests;
    long[] oldNotes = notes;
    keys = new long[oldKeys.length * 2];
    digests = new byte[keys.length * Sha256.BYTES];
    notes = new long[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        notes[slot] = oldNotes[i];
        System.arraycopy(oldDigests, i * Sha256.BYTES, digests, slot * Sha256.BYTES, Sha256.BYTES);
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
