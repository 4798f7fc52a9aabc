package io.millrace.augmentation.dataset;

import java.io.IOException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What tells, without reading a file, whether the files of a data set have changed: their names,
 * sizes, times and inodes.
 *
 * @param text equal for files that have not changed
 * @param newest when a file was last written, in milliseconds since 1970
 * @param bytes of all files
 */
record Stamp(String text, long newest, long bytes) {
  /** Of Fowler, Noll and Vo's hash FNV-1a in 64 bits. */
  static final long FNV_OFFSET = 0xcbf29ce484222325L;

  private static final long FNV_PRIME = 0x100000001b3L;

  /**
   * File systems tell times in steps of up to 2 s (FAT): a file may be written again within the
   * step, and look the same.
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

  /** Whether a file was written so lately that its next change may not be seen. */
  static boolean isYoung(long written) {
    return written > System.currentTimeMillis() - STEP_MILLIS;
  }

  boolean isYoung() {
    return isYoung(newest);
  }

  /** A hash of what came before, followed by a file's size, time and inode. */
  static long hash(long before, BasicFileAttributes file) {
    long hash = (before ^ file.size()) * FNV_PRIME;
    hash = (hash ^ file.lastModifiedTime().to(TimeUnit.NANOSECONDS)) * FNV_PRIME;
    return (hash ^ (file.fileKey() == null ? 0 : file.fileKey().hashCode())) * FNV_PRIME;
  }

  /** A hash of what came before, followed by a text. */
  static long hash(long before, String text) {
    long hash = (before ^ text.length()) * FNV_PRIME;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }
}
