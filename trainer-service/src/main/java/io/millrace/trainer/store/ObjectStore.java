package io.millrace.trainer.store;

import io.millrace.storage.S3Access;
import io.millrace.storage.StoreAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Files under names such as {@code run/claim-1.json}, in a folder or in a bucket, that several
 * trainers share. A file appears at once and whole, and whoever lists or reads after that sees it.
 */
public interface ObjectStore extends AutoCloseable {

  /**
   * Opens a store.
   *
   * @throws IOException where it cannot be used
   */
  static ObjectStore open(StoreAddress address, S3Access access) throws IOException {
    if (address instanceof StoreAddress.Bucket bucket) {
      return S3Store.open(access, bucket);
    }
    return FolderStore.open(((StoreAddress.Folder) address).path());
  }

  /**
   * Writes a file, if there is none of that name: of several writers one succeeds, and that is what
   * claims on runs stand on.
   *
   * @return whether the file is this writer's
   */
  boolean create(String name, byte[] content) throws IOException;

  /** Writes a file, over the one that may be there. */
  void put(String name, byte[] content) throws IOException;

  /**
   * Writes a file likewise, out of a local one.
   *
   * @param local which may be gone afterwards
   */
  void put(String name, Path local) throws IOException;

  /** A file's content, if it is there. */
  Optional<byte[]> read(String name) throws IOException;

  /**
   * Copies a file to a local one, which must not exist.
   *
   * @return whether it was there
   */
  boolean fetch(String name, Path local) throws IOException;

  /** The names of all files below a folder, relative to it, in no order. */
  List<String> list(String folder) throws IOException;

  /** Deletes a file, if it is there. */
  void delete(String name) throws IOException;

  /** A local file that does not exist yet, from which {@link #put(String, Path)} is cheapest. */
  Path scratch() throws IOException;

  /** What users call a file, for logs: a path or an address. */
  String describe(String name);

  @Override
  void close();
}
