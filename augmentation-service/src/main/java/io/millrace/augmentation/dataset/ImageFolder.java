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
import java.util.concurrent.TimeUnit;
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

  /** Of Fowler, Noll and Vo's hash FNV-1a in 64 bits. */
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;

  private static final long FNV_PRIME = 0x100000001b3L;

  private record Image(Path file, ImageHeader header) {}

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
    for (Path file : files(root.resolve(classes.get(index)))) {
      String flaw = flaw(file, images);
      if (flaw != null) {
        skipped++;
        LOG.warnf("Data set %s: %s is left out: %s", root.getFileName(), relative(file), flaw);
      }
    }
    return new Folder(List.copyOf(images), skipped);
  }

  /** Changes whenever an image is added, removed, renamed, moved or written. */
  String fingerprint() throws IOException {
    long hash = FNV_OFFSET;
    for (String name : classes) {
      hash = (hash ^ name.hashCode()) * FNV_PRIME;
      for (Path file : files(root.resolve(name))) {
        hash = (hash ^ file.getFileName().hashCode()) * FNV_PRIME;
        hash = (hash ^ stamp(file)) * FNV_PRIME;
      }
    }
    return root + "/" + String.join("/", classes) + "@" + Long.toHexString(hash);
  }

  /** A file's size and time; 0 where the system does not give them: opening its class will tell. */
  private static long stamp(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.size() * FNV_PRIME ^ attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
    } catch (IOException e) {
      return 0;
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(ImageFolder::isImage)
          .sorted(Comparator.comparing(file -> file.getFileName().toString()))
          .toList();
    }
  }

  /** Takes a file in, or says what keeps it out. */
  private String flaw(Path file, List<Image> images) throws IOException {
    if (!isFile(file)) {
      return "it is no file";
    }
    if (!isWithin(file, root)) {
      return "it lies elsewhere";
    }
    Optional<ImageHeader> header = ImageHeader.read(file);
    if (header.isEmpty()) {
      return "it is no JPEG or PNG image of a kind that can be read";
    }
    if (header.get().pixels() > limits.imagePixels()) {
      return "it has more than " + limits.imagePixels() + " pixels";
    }
    if (Math.max(header.get().height(), header.get().width()) > DatasetLimits.FILE_SIDE) {
      return "it has a side of more than " + DatasetLimits.FILE_SIDE + " pixels";
    }
    String damage = limits.brokenImages() == BrokenImages.SKIP ? damage(file, header.get()) : null;
    if (damage == null) {
      images.add(new Image(file, header.get()));
    }
    return damage;
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
