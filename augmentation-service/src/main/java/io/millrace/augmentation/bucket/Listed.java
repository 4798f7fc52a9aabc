package io.millrace.augmentation.bucket;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** A file or folder in a listing. Immutable. */
sealed interface Listed extends BasicFileAttributes {

  @Override
  default FileTime lastAccessTime() {
    return lastModifiedTime();
  }

  @Override
  default FileTime creationTime() {
    return lastModifiedTime();
  }

  @Override
  default boolean isSymbolicLink() {
    return false;
  }

  @Override
  default boolean isOther() {
    return false;
  }

  /** A folder: a part of the objects' keys before a slash. */
  final class Folder implements Listed {
    static final Folder EMPTY = new Folder(new String[0], new Listed[0]);

    private final String[] names;
    private final Listed[] entries;

    /**
     * @param names sorted
     * @param entries in the same order
     */
    Folder(String[] names, Listed[] entries) {
      this.names = names;
      this.entries = entries;
    }

    String[] names() {
      return names;
    }

    /** Returns the entry with a name, or null. */
    Listed get(String name) {
      int at = Arrays.binarySearch(names, name);
      return at < 0 ? null : entries[at];
    }

    /**
     * Returns the same folder that shares all equal entries with an older listing, to save memory.
     */
    Folder sharing(Folder before) {
      Listed[] shared = entries.clone();
      for (int i = 0; i < shared.length; i++) {
        Listed old = before.get(names[i]);
        shared[i] = shared[i].equals(old) ? old : shared[i];
      }
      return equals(before) ? before : new Folder(names, shared);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Folder that
          && (this == that
              || Arrays.equals(names, that.names) && Arrays.equals(entries, that.entries));
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(names);
    }

    @Override
    public FileTime lastModifiedTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public boolean isRegularFile() {
      return false;
    }

    @Override
    public boolean isDirectory() {
      return true;
    }

    @Override
    public long size() {
      return 0;
    }

    @Override
    public Object fileKey() {
      return null;
    }
  }

  /**
   * An object. There may be a million of them, so an entity tag of the usual form takes few bytes.
   */
  final class File implements Listed {
    /** An MD5 digest and, for a multipart upload, the number of parts. */
    private static final Pattern USUAL = Pattern.compile("\"[0-9a-f]{32}(-[1-9][0-9]{0,4})?\"");

    private final long size;
    private final long millis;
    private final long high;
    private final long low;
    private final int parts;

    /** The entity tag if it has another form; otherwise null. */
    private final String unusual;

    /**
     * @param millis when the object was written, in milliseconds since 1970
     * @param entityTag as the server gives it, in quotes
     */
    File(long size, long millis, String entityTag) {
      this.size = size;
      this.millis = millis;
      boolean isUsual = USUAL.matcher(entityTag).matches();
      unusual = isUsual ? null : entityTag;
      high = isUsual ? HexFormat.fromHexDigitsToLong(entityTag, 1, 17) : 0;
      low = isUsual ? HexFormat.fromHexDigitsToLong(entityTag, 17, 33) : 0;
      parts =
          isUsual && entityTag.charAt(33) == '-'
              ? Integer.parseInt(entityTag, 34, entityTag.length() - 1, 10)
              : 0;
    }

    /** The entity tag as the server sent it. */
    String entityTag() {
      if (unusual != null) {
        return unusual;
      }
      HexFormat hex = HexFormat.of();
      return "\""
          + hex.toHexDigits(high)
          + hex.toHexDigits(low)
          + (parts == 0 ? "" : "-" + parts)
          + "\"";
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof File that
          && size == that.size
          && millis == that.millis
          && high == that.high
          && low == that.low
          && parts == that.parts
          && (unusual == null ? that.unusual == null : unusual.equals(that.unusual));
    }

    @Override
    public int hashCode() {
      return Long.hashCode(high ^ low ^ size ^ millis);
    }

    @Override
    public FileTime lastModifiedTime() {
      return FileTime.fromMillis(millis);
    }

    @Override
    public boolean isRegularFile() {
      return true;
    }

    @Override
    public boolean isDirectory() {
      return false;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public Object fileKey() {
      return entityTag();
    }
  }
}
