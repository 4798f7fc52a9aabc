package io.millrace.augmentation.dataset;

import java.io.IOException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Shows whether the files of a data set have changed, without reading them, by their names, sizes,
 * times and inodes.
 *
 * @param text equal for files that have not changed
 * @param newest when the newest file was written, in milliseconds since 1970
 * @param bytes of all files
 */
record Stamp(String text, long newest, long bytes) {
  /** The offset basis of the 64-bit hash FNV-1a by Fowler, Noll and Vo. */
  static final long FNV_OFFSET = 0xcbf29ce484222325L;

  private static final long FNV_PRIME = 0x100000001b3L;

  /**
   * File systems store times in steps of up to 2 s (FAT): a file that is written again within the
   * step looks the same.
   */
  private static final long STEP_MILLIS = 2_000;

  /** The stamp of single files. */
  static Stamp of(List<DataFile> files) throws IOException {
    var text = new StringBuilder();
    long newest = Long.MIN_VALUE;
    long bytes = 0;
    for (DataFile file : files) {
      Stamp stamp = file.stamp();
      text.append(stamp.text).append('\n');
      newest = Math.max(newest, stamp.newest);
      bytes += stamp.bytes;
    }
    return new Stamp(text.toString(), newest, bytes);
  }

  /** The stamp of a file. */
  static Stamp of(String name, BasicFileAttributes file) {
    return new Stamp(
        name + "@" + Long.toHexString(hash(FNV_OFFSET, file)),
        file.lastModifiedTime().toMillis(),
        file.size());
  }

  /** Whether a file was written so recently that its next change may go unnoticed. */
  static boolean isYoung(long written) {
    return written > System.currentTimeMillis() - STEP_MILLIS;
  }

  boolean isYoung() {
    return isYoung(newest);
  }

  /** Continues a hash with a file's size, time and inode. */
  static long hash(long before, BasicFileAttributes file) {
    long hash = (before ^ file.size()) * FNV_PRIME;
    hash = (hash ^ file.lastModifiedTime().to(TimeUnit.NANOSECONDS)) * FNV_PRIME;
    return (hash ^ (file.fileKey() == null ? 0 : file.fileKey().hashCode())) * FNV_PRIME;
  }

  /** Continues a hash with a text. */
  static long hash(long before, String text) {
    long hash = (before ^ text.length()) * FNV_PRIME;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }
}
