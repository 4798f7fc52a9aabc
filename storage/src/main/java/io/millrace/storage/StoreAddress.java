package io.millrace.storage;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The address of a store. */
public sealed interface StoreAddress {
  /** A folder. */
  record Folder(Path path) implements StoreAddress {}

  /**
   * A bucket of an S3 server.
   *
   * @param name the bucket's name
   * @param prefix the prefix of all keys in it, empty or ending in {@code /}
   */
  record Bucket(String name, String prefix) implements StoreAddress {
    private static final Pattern ADDRESS = Pattern.compile("s3://([^/]+)(?:/(.*?))?/*");
  }

  /**
   * Reads an address.
   *
   * @param key the setting's name, for errors
   * @param address {@code s3://bucket/prefix}, or a folder's path
   * @throws InvalidMessageException if an S3 address has no bucket
   */
  static StoreAddress parse(String key, String address) {
    if (!address.startsWith("s3:")) {
      return new Folder(Path.of(address));
    }
    Matcher parts = Bucket.ADDRESS.matcher(address);
    if (!parts.matches()) {
      throw new InvalidMessageException(
          key, Check.quote(address) + " has no bucket; give s3://bucket/prefix, or a folder");
    }
    String prefix = parts.group(2) == null ? "" : parts.group(2);
    return new Bucket(parts.group(1), prefix.isEmpty() ? "" : prefix + "/");
  }
}
