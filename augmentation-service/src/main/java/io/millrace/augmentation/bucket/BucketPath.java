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
 * A path in a bucket, from its prefix on. A {@linkplain #toRealPath real} path, and whatever it
 * leads to, belongs to one listing: its files stay as they were then, or cannot be read any more.
 * Paths are ordered as those of folders are: by their bytes in UTF-8.
 */
public final class BucketPath implements Path {
  /** The piece that is fetched of a file of which the beginning is wanted. */
  private static final int START = 4_096;

  private final BucketFiles files;

  /** The root's; null on what is always as it was listed last. */
  private final Listed.Folder listing;

  /** With a slash before each name where it is absolute, else between them. */
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

  /** The data set's name, in a root of data sets. */
  String first() {
    return text.substring(1, Math.max(1, text.indexOf('/', 1)));
  }

  BucketFiles files() {
    return files;
  }

  /**
   * What the listing says.
   *
   * @throws NoSuchFileException where that is nothing
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
    throw new NoSuchFileException(toString(), null, "is a folder");
  }

  byte[] read(long from, int bytes) throws IOException {
    return files.read(this, from, bytes);
  }

  /**
   * The bytes, for one who wants the beginning alone: no more is fetched than is read, and a bit.
   */
  public InputStream openStart() throws IOException {
    return file().size() <= START || files.cache().has(this)
        ? files.open(this)
        : new PieceStream(this, START);
  }

  /** Begins to fetch the file, if there is room: it is wanted soon. Does not wait. */
  public void fetchAhead() {
    files.cache().fetchAhead(this);
  }

  /**
   * A copy of the file on this machine, which stays for as long as it was opened within moments.
   *
   * @throws IOException where it cannot be fetched, or is too large
   */
  public Path local() throws IOException {
    return files.cache().local(this);
  }

  /** The server's entity tag of the file, which changes with its content. */
  public String entityTag() throws IOException {
    return file().entityTag();
  }

  /** What was noted of the file as it is. */
  public OptionalLong note() throws IOException {
    return files.notes().get(key(), file());
  }

  /**
   * Notes something of the file, for as long as it does not change; it may be forgotten.
   *
   * @param note what is worth knowing of its content
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

  /** The path in the listing that is the newest now, or in that which it is of already. */
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
    throw new UnsupportedOperationException("nobody tells what changes in a bucket");
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

  /** A rank by which characters come in the order of their bytes: surrogates are the last. */
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
