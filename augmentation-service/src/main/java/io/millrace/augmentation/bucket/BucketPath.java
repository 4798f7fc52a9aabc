package io.millrace.augmentation.bucket;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * A path in a bucket, relative to its prefix. A {@linkplain #toRealPath real} path and all paths
 * derived from it belong to one listing: they show the files of that listing, and a file that has
 * changed since cannot be read. Paths are ordered like paths of local folders: by their UTF-8
 * bytes.
 */
public final class BucketPath implements Path {
  /** The number of bytes that are fetched first if only the beginning of a file is needed. */
  private static final int START = 4_096;

  private final BucketFiles files;

  /** The root folder of a listing; null for a path that always uses the last listing. */
  private final Listed.Folder listing;

  /** The names: each one after a slash if the path is absolute, otherwise joined by slashes. */
  private final String text;

  BucketPath(BucketFiles files, Listed.Folder listing, String text) {
    this.files = files;
    this.listing = listing;
    this.text = text;
  }

  private BucketPath of(String other) {
    return new BucketPath(files, listing, other);
  }

  /** The object's key, after the prefix. */
  String key() {
    return text.substring(1);
  }

  /** The first name, which in a data set root is the name of the data set. */
  String first() {
    return text.substring(1, Math.max(1, text.indexOf('/', 1)));
  }

  BucketFiles files() {
    return files;
  }

  /**
   * The entry in the listing.
   *
   * @throws NoSuchFileException if the listing has none
   */
  Listed listed() throws IOException {
    Listed at = listing == null ? files.listing() : listing;
    for (String name : names()) {
      at = at instanceof Listed.Folder folder ? folder.get(name) : null;
    }
    if (at == null) {
      throw new NoSuchFileException(toString());
    }
    return at;
  }

  Listed.File file() throws IOException {
    if (listed() instanceof Listed.File file) {
      return file;
    }
    throw new NoSuchFileException(toString(), null, "it is a folder");
  }

  byte[] read(long from, int bytes) throws IOException {
    return files.read(this, from, bytes);
  }

  /**
   * Opens the file for a reader that needs only the beginning: little more is fetched than is read.
   */
  public InputStream openStart() throws IOException {
    return file().size() <= START || files.cache().has(this)
        ? files.open(this)
        : new PieceStream(this, START);
  }

  /** Starts to fetch a file that is needed soon, if the cache has room. Does not wait. */
  public void fetchAhead() {
    files.cache().fetchAhead(this);
  }

  /**
   * A local copy of the file. It may be evicted from the cache later, so open it immediately.
   *
   * @throws IOException if the file cannot be fetched or is too large for the cache
   */
  public Path local() throws IOException {
    return files.cache().local(this);
  }

  /** The file's entity tag from the server; it changes with the content. */
  public String entityTag() throws IOException {
    return file().entityTag();
  }

  /** The note about this version of the file. */
  public OptionalLong note() throws IOException {
    return files.notes().get(key(), file());
  }

  /**
   * Stores a note about this version of the file; it may be forgotten.
   *
   * @param note a number derived from the content
   */
  public void note(long note) throws IOException {
    files.notes().put(key(), file(), note);
  }

  private String[] names() {
    String relative = isAbsolute() ? text.substring(1) : text;
    return relative.isEmpty() && isAbsolute() ? new String[0] : relative.split("/", -1);
  }

  private static BucketPath own(Path other) {
    if (other instanceof BucketPath own) {
      return own;
    }
    throw new ProviderMismatchException(String.valueOf(other));
  }

  @Override
  public FileSystem getFileSystem() {
    return files;
  }

  @Override
  public boolean isAbsolute() {
    return text.startsWith("/");
  }

  @Override
  public Path getRoot() {
    return isAbsolute() ? of("/") : null;
  }

  @Override
  public Path getFileName() {
    return text.equals("/") ? null : of(text.substring(text.lastIndexOf('/') + 1));
  }

  @Override
  public Path getParent() {
    int end = text.lastIndexOf('/');
    if (text.equals("/") || end < 0) {
      return null;
    }
    return of(text.substring(0, Math.max(1, end)));
  }

  @Override
  public int getNameCount() {
    return names().length;
  }

  @Override
  public Path getName(int index) {
    return subpath(index, index + 1);
  }

  @Override
  public Path subpath(int from, int to) {
    String[] names = names();
    if (from < 0 || to > names.length || from >= to) {
      throw new IllegalArgumentException(from + ".." + to + " of " + names.length + " names");
    }
    return of(String.join("/", Arrays.asList(names).subList(from, to)));
  }

  @Override
  public boolean startsWith(Path other) {
    return other instanceof BucketPath that
        && files == that.files
        && isAbsolute() == that.isAbsolute()
        && (text.equals(that.text)
            || that.text.equals("/")
            || text.startsWith(that.text + "/") && !that.text.isEmpty());
  }

  @Override
  public boolean endsWith(Path other) {
    return other instanceof BucketPath that
        && files == that.files
        && (text.equals(that.text)
            || !that.isAbsolute() && !that.text.isEmpty() && text.endsWith("/" + that.text));
  }

  @Override
  public Path normalize() {
    var kept = new ArrayList<String>();
    for (String name : names()) {
      boolean isUp = name.equals("..");
      if (isUp && !kept.isEmpty() && !kept.get(kept.size() - 1).equals("..")) {
        kept.remove(kept.size() - 1);
      } else if (!name.equals(".") && !(isUp && isAbsolute())) {
        kept.add(name);
      }
    }
    return of((isAbsolute() ? "/" : "") + String.join("/", kept));
  }

  @Override
  public Path resolve(Path other) {
    BucketPath that = own(other);
    if (that.isAbsolute() || text.isEmpty()) {
      return of(that.text);
    }
    return that.text.isEmpty()
        ? this
        : of(text.equals("/") ? "/" + that.text : text + "/" + that.text);
  }

  @Override
  public Path relativize(Path other) {
    BucketPath that = own(other);
    if (isAbsolute() != that.isAbsolute()) {
      throw new IllegalArgumentException(other + " is not of the same kind as " + this);
    }
    List<String> from = text.isEmpty() ? List.of() : List.of(names());
    List<String> to = that.text.isEmpty() ? List.of() : List.of(that.names());
    int same = 0;
    while (same < Math.min(from.size(), to.size()) && from.get(same).equals(to.get(same))) {
      same++;
    }
    var names = new ArrayList<String>();
    from.subList(same, from.size()).forEach(name -> names.add(".."));
    names.addAll(to.subList(same, to.size()));
    return of(String.join("/", names));
  }

  @Override
  public URI toUri() {
    try {
      return new URI("s3", files.bucket(), "/" + files.prefix() + key(), null);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Path toAbsolutePath() {
    return isAbsolute() ? this : of("/" + text);
  }

  /** The path in the current listing, or in the listing to which it already belongs. */
  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    var real =
        listing == null
            ? new BucketPath(files, files.listing(), text)
            : (BucketPath) toAbsolutePath();
    real.listed();
    return real;
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException("a bucket does not report changes");
  }

  @Override
  public int compareTo(Path other) {
    String that = own(other).text;
    int most = Math.min(text.length(), that.length());
    for (int i = 0; i < most; i++) {
      if (text.charAt(i) != that.charAt(i)) {
        return inUtf8(text.charAt(i)) - inUtf8(that.charAt(i));
      }
    }
    return text.length() - that.length();
  }

  /** A rank that orders characters like their UTF-8 bytes: surrogates come last. */
  private static int inUtf8(char c) {
    return Character.isSurrogate(c) ? c + 0x10000 : c;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BucketPath that && files == that.files && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return isAbsolute() ? files.describe(key()) : text;
  }
}
