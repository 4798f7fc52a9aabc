package io.millrace.trainer.store;

import io.millrace.storage.S3Access;
import io.millrace.storage.StoreAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Files with names such as {@code run/claim-1.json} in a folder or bucket that several trainers
 * share. A file appears at once and complete; every later read or list sees it.
 */
public interface ObjectStore extends AutoCloseable {

  /**
   * Opens a store.
   *
   * @throws IOException if the store is not usable
   */
  static ObjectStore open(StoreAddress address, S3Access access) throws IOException {
    if (address instanceof StoreAddress.Bucket bucket) {
      return S3Store.open(access, bucket);
    }
    return FolderStore.open(((StoreAddress.Folder) address).path());
  }

  /**
   * Writes a file if none has that name. Of several writers one succeeds; claims on runs rely on
   * that.
   *
   * @return whether this writer's file was written
   */
  boolean create(String name, byte[] content) throws IOException;

  /** Writes a file, and replaces an existing one. */
  void put(String name, byte[] content) throws IOException;

  /**
   * Writes a file from a local one.
   *
   * @param local may no longer exist afterwards
   */
  void put(String name, Path local) throws IOException;

  /** A file's content, if the file exists. */
  Optional<byte[]> read(String name) throws IOException;

  /**
   * Copies a file to a local one, which must not exist.
   *
   * @return whether the file exists
   */
  boolean fetch(String name, Path local) throws IOException;

  /** The names of all files in a folder and below, relative to it, in no particular order. */
  List<String> list(String folder) throws IOException;

  /** Deletes a file, if it exists. */
  void delete(String name) throws IOException;

  /** The path of a new local file, from which {@link #put(String, Path)} is cheapest. */
  Path scratch() throws IOException;

  /** The name that users know for a file: a path or an address. */
  String describe(String name);

  @Override
  void close();
}
