package io.millrace.augmentation.bucket;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Implements the operations of {@link java.nio.file.Files} for buckets: listing and reading. */
final class BucketProvider extends FileSystemProvider {
  @Override
  public String getScheme() {
    return "s3";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException("buckets are opened from the configuration");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException("buckets are opened from the configuration");
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException("buckets are opened from the configuration");
  }

  @Override
  public InputStream newInputStream(Path path, OpenOption... options) throws IOException {
    requireReading(Set.of(options));
    var object = (BucketPath) path;
    return object.files().open(object);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    requireReading(options);
    var object = (BucketPath) path;
    return object.files().cache().channel(object);
  }

  private static void requireReading(Set<? extends OpenOption> options) {
    if (!Set.of(StandardOpenOption.READ).containsAll(options)) {
      throw new ReadOnlyFileSystemException();
    }
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
    var object = (BucketPath) path;
    if (!(object.listed() instanceof Listed.Folder folder)) {
      throw new NotDirectoryException(path.toString());
    }
    Iterator<Path> entries =
        Stream.of(folder.names())
            .map(object::resolve)
            .filter(entry -> accepts(filter, entry))
            .iterator();
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return entries;
      }

      @Override
      public void close() {}
    };
  }

  private static boolean accepts(DirectoryStream.Filter<? super Path> filter, Path entry) {
    try {
      return filter.accept(entry);
    } catch (IOException e) {
      throw new java.nio.file.DirectoryIteratorException(e);
    }
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    ((BucketPath) path).listed();
    if (!Set.of(AccessMode.READ).containsAll(Set.of(modes))) {
      throw new AccessDeniedException(path.toString());
    }
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    if (type != BasicFileAttributes.class) {
      throw new UnsupportedOperationException(type.getName());
    }
    return type.cast(((BucketPath) path).listed());
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options) {
    throw new UnsupportedOperationException(names);
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return null;
  }

  @Override
  public boolean isSameFile(Path path, Path other) {
    return path.equals(other);
  }

  @Override
  public boolean isHidden(Path path) {
    return false;
  }

  @Override
  public FileStore getFileStore(Path path) {
    throw new UnsupportedOperationException("a bucket has no size limit");
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) {
    throw new ReadOnlyFileSystemException();
  }

  @Override
  public void delete(Path path) {
    throw new ReadOnlyFileSystemException();
  }

  @Override
  public void copy(Path from, Path to, CopyOption... options) {
    throw new ReadOnlyFileSystemException();
  }

  @Override
  public void move(Path from, Path to, CopyOption... options) {
    throw new ReadOnlyFileSystemException();
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options) {
    throw new ReadOnlyFileSystemException();
  }
}
