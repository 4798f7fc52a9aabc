package io.millrace.trainer.store;

import io.millrace.contracts.InvalidMessageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a store is: {@code s3://bucket/prefix}, or else a folder's path.
 *
 * @param address as it was configured
 */
public record StoreAddress(String address) {
  private static final Pattern S3 = Pattern.compile("s3://([^/]+)(?:/(.*?))?/*");

  /**
   * Opens the store.
   *
   * @param key the setting's name, for an error
   * @throws IOException where it cannot be used
   */
  public ObjectStore open(String key, S3Access access) throws IOException {
    if (!address.startsWith("s3:")) {
      return FolderStore.open(Path.of(address));
    }
    Matcher parts = S3.matcher(address);
    if (!parts.matches()) {
      throw new InvalidMessageException(
          key, "'" + address + "' names no bucket; give s3://bucket/prefix, or a folder");
    }
    String prefix = parts.group(2) == null ? "" : parts.group(2);
    return S3Store.open(access, parts.group(1), prefix.isEmpty() ? "" : prefix + "/");
  }
}
