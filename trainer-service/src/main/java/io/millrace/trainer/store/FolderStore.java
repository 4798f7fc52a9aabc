package io.millrace.trainer.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Files in a folder, on one machine or on a network file system with hard links (NFS has them). A
 * file is written under a temporary name, synced to disk, and then linked or moved to its final
 * name.
 */
public final class FolderStore implements ObjectStore {
  private final Path root;
  private final ScratchFolder scratch;

  /** A store in a folder, without a check; the folder is created when first needed. */
  public FolderStore(Path root) {
    this.root = root;
    scratch = new ScratchFolder(root.resolve(".scratch")).swept();
  }

  /**
   * Opens a folder, and creates it if it does not exist.
   *
   * @throws IOException if the folder is not writable or has no hard links
   */
  public static FolderStore open(Path root) throws IOException {
    var store = new FolderStore(root);
    store.tryLinks();
    return store;
  }

  private void tryLinks() throws IOException {
    String name = ".probe-" + UUID.randomUUID();
    boolean isFenced;
    try {
      isFenced = create(name, new byte[] {1}) && !create(name, new byte[] {2});
      delete(name);
    } catch (UnsupportedOperationException | FileSystemException e) {
      throw new IOException(
          root
              + ": files cannot be written and linked ("
              + e.getMessage()
              + "); give a folder that this process may write to, on a file system with hard links,"
              + " which keep two trainers from taking the same run",
          e);
    }
    if (!isFenced) {
      throw new IOException(
          root
              + ": linking replaces an existing file on this file system, so that two"
              + " trainers could take the same run; use another file system, or a bucket");
    }
  }

  @Override
  public boolean create(String name, byte[] content) throws IOException {
    Path place = place(name);
    Path written = written(content);
    try {
      makeFolder(place.getParent());
      Files.createLink(place, written);
      sync(place.getParent());
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.deleteIfExists(written);
    }
  }

  @Override
  public void put(String name, byte[] content) throws IOException {
    move(written(content), place(name));
  }

  @Override
  public void put(String name, Path local) throws IOException {
    Path place = place(name);
    makeFolder(place.getParent());
    FileStore here = Files.getFileStore(place.getParent());
    if (Files.getFileStore(local).equals(here)) {
      force(local);
      move(local, place);
    } else {
      Path copy = scratch.file();
      Files.copy(local, copy);
      force(copy);
      move(copy, place);
    }
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(place(name)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean fetch(String name, Path local) throws IOException {
    if (Files.isDirectory(place(name))) {
      return false;
    }
    try {
      Files.copy(place(name), local);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public List<String> list(String folder) throws IOException {
    Path start = place(folder);
    try (Stream<Path> files = Files.walk(start)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> start.relativize(file).toString().replace('\\', '/'))
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (java.io.UncheckedIOException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        // Another process deleted something meanwhile.
        return list(folder);
      }
      throw e.getCause();
    }
  }

  @Override
  public void delete(String name) throws IOException {
    Path place = place(name);
    Files.deleteIfExists(place);
    Path folder = place.getParent();
    while (!folder.equals(root)) {
      try {
        Files.deleteIfExists(folder);
      } catch (DirectoryNotEmptyException e) {
        return;
      }
      folder = folder.getParent();
    }
  }

  @Override
  public Path scratch() throws IOException {
    return scratch.file();
  }

  @Override
  public String describe(String name) {
    return place(name).toString();
  }

  @Override
  public void close() {
    // The folder is empty.
  }

  private Path place(String name) {
    return root.resolve(name);
  }

  private Path written(byte[] content) throws IOException {
    Path file = scratch.file();
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    return file;
  }

  private static void force(Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private void move(Path written, Path place) throws IOException {
    makeFolder(place.getParent());
    Files.move(written, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    sync(place.getParent());
  }

  /** Creates a folder and its parents, and syncs their names to disk. */
  private void makeFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.toAbsolutePath().getParent();
    if (parent != null) {
      makeFolder(parent);
    }
    Files.createDirectories(folder);
    if (parent != null && folder.startsWith(root)) {
      sync(parent);
    }
  }

  /** Syncs a folder: without that a crash can lose the names of new files in it. */
  private static void sync(Path folder) throws IOException {
    try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
