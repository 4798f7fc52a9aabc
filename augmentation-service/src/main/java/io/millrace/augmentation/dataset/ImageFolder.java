package io.millrace.augmentation.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * A folder with a subfolder of JPEG or PNG files for each class, none of them hidden. A file whose
 * header is not an image's or whose size is over the limit is left out when its class is opened, so
 * that a split stays the same for as long as the folder does; one that is broken further on is left
 * out then too, or fails when it is read, as the limits say. A file that the system does not give
 * leaves the class unopened: left out by one augmenter alone, it would change that one's split.
 *
 * @param root the folder, a real path
 * @param classes names of the subfolders, sorted
 * @param limits of an image
 */
record ImageFolder(Path root, List<String> classes, DatasetLimits limits)
    implements ImageCollection {
  private static final Logger LOG = Logger.getLogger(ImageFolder.class);

  private record Image(Path file, ImageHeader header) {}

  /**
   * An image file.
   *
   * @param header null where it has none that can be read
   * @param flaw what keeps it out; null where it is taken in
   */
  record Checked(ImageHeader header, String flaw) {
    private static Checked out(String flaw) {
      return new Checked(null, flaw);
    }
  }

  /** The folder's image collection; empty where no subfolder holds an image. */
  static Optional<ImageFolder> find(Path root, DatasetLimits limits) throws IOException {
    var classes = new ArrayList<String>();
    try (Stream<Path> entries = Files.list(root)) {
      for (Path entry : (Iterable<Path>) entries.sorted()::iterator) {
        if (!isHidden(entry)
            && Files.isDirectory(entry)
            && isWithin(entry, root)
            && holdsImage(entry)) {
          classes.add(entry.getFileName().toString());
        }
      }
    }
    return classes.isEmpty()
        ? Optional.empty()
        : Optional.of(new ImageFolder(root, List.copyOf(classes), limits));
  }

  private static boolean isWithin(Path entry, Path root) throws IOException {
    return entry.toRealPath().startsWith(root);
  }

  private static boolean holdsImage(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(ImageFolder::isImage);
    }
  }

  private static boolean isImage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !isHidden(file)
        && (name.endsWith(".jpg") || name.endsWith(".jpeg") || name.endsWith(".png"));
  }

  private static boolean isHidden(Path entry) {
    return entry.getFileName().toString().startsWith(".");
  }

  /** Whether there is a file to read: a pipe, for one, would never end. */
  private static boolean isFile(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).isRegularFile();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public ImageClass open(int index) throws IOException {
    var images = new ArrayList<Image>();
    int skipped = 0;
    for (Path file : files(index)) {
      Checked checked = check(file);
      if (checked.flaw == null) {
        images.add(new Image(file, checked.header));
      } else {
        skipped++;
        LOG.warnf(
            "Data set %s: %s is left out: %s", root.getFileName(), relative(file), checked.flaw);
      }
    }
    return new Folder(List.copyOf(images), skipped);
  }

  /** Changes whenever an image is added, removed, renamed, moved or written. */
  Stamp stamp() throws IOException {
    long hash = Stamp.FNV_OFFSET;
    long newest = Long.MIN_VALUE;
    long bytes = 0;
    for (int index = 0; index < classes.size(); index++) {
      hash = Stamp.hash(hash, classes.get(index));
      for (Path file : files(index)) {
        hash = Stamp.hash(hash, file.getFileName().toString());
        BasicFileAttributes attributes = attributesIfAny(file);
        if (attributes != null) {
          hash = Stamp.hash(hash, attributes);
          newest = Math.max(newest, attributes.lastModifiedTime().toMillis());
          bytes += attributes.size();
        }
      }
    }
    return new Stamp(root + "@" + Long.toHexString(hash), newest, bytes);
  }

  /** Null where the system does not give them: opening the file's class will tell. */
  private static BasicFileAttributes attributesIfAny(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class);
    } catch (IOException e) {
      return null;
    }
  }

  /** The files of a class that may be images, sorted by name. */
  List<Path> files(int index) throws IOException {
    return files(root.resolve(classes.get(index)));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(ImageFolder::isImage)
          .sorted(Comparator.comparing(file -> file.getFileName().toString()))
          .toList();
    }
  }

  /** Looks whether a file is taken in. */
  Checked check(Path file) throws IOException {
    if (!isFile(file)) {
      return Checked.out("it is no file");
    }
    if (!isWithin(file, root)) {
      return Checked.out("it lies elsewhere");
    }
    ImageHeader header = ImageHeader.read(file).orElse(null);
    if (header == null) {
      return Checked.out("it is no JPEG or PNG image of a kind that can be read");
    }
    if (header.pixels() > limits.imagePixels()) {
      return Checked.out("it has more than " + limits.imagePixels() + " pixels");
    }
    if (Math.max(header.height(), header.width()) > DatasetLimits.FILE_SIDE) {
      return Checked.out("it has a side of more than " + DatasetLimits.FILE_SIDE + " pixels");
    }
    return new Checked(
        header, limits.brokenImages() == BrokenImages.SKIP ? damage(file, header) : null);
  }

  /** What is wrong with a file's data; null where nothing is. */
  private static String damage(Path file, ImageHeader header) throws IOException {
    try {
      ImageDecoder.decode(ImageDecoder.read(file, header), header);
      return null;
    } catch (BrokenImageException e) {
      return e.getMessage();
    }
  }

  private String relative(Path file) {
    return root.relativize(file).toString();
  }

  private final class Folder implements ImageClass {
    private final List<Image> images;
    private final int skipped;

    Folder(List<Image> images, int skipped) {
      this.images = images;
      this.skipped = skipped;
    }

    @Override
    public int size() {
      return images.size();
    }

    @Override
    public int skipped() {
      return skipped;
    }

    @Override
    public ImageHeader header(int image) {
      return images.get(image).header();
    }

    @Override
    public Pixels read(int image) throws IOException {
      return ImageDecoder.decode(
          ImageDecoder.read(images.get(image).file(), header(image)), header(image));
    }

    @Override
    public String name(int image) {
      return relative(images.get(image).file());
    }
  }
}
