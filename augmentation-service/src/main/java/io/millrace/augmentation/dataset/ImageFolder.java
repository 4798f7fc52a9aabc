package io.millrace.augmentation.dataset;

import io.millrace.augmentation.bucket.BucketPath;
import io.millrace.contracts.dataset.LeftOut;
import io.millrace.contracts.dataset.LeftOutCause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * A folder with a subfolder of image files for each class, none of them hidden. A file whose header
 * is not an image's or whose size is over the limit is left out when its class is opened, so that a
 * split stays the same for as long as the folder does; one that is broken further on is left out
 * then too, or fails when it is read, as the limits say. A file that the system does not give
 * leaves the class unopened: left out by one augmenter alone, it would change that one's split.
 *
 * @param base the data set's folder, within which files are named
 * @param root the folder, a real path
 * @param classes names of the subfolders, or of the labels, sorted
 * @param labelled the files by label; null where they lie in subfolders
 * @param targets the number of each file, by its name in the folder; null where there are classes
 * @param beside what lies beside the classes and is none of them
 * @param limits of an image
 */
record ImageFolder(
    Path base,
    Path root,
    List<String> classes,
    Map<String, List<Path>> labelled,
    Map<String, Float> targets,
    List<LeftOut> beside,
    DatasetLimits limits)
    implements ImageCollection {
  private static final Logger LOG = Logger.getLogger(ImageFolder.class);

  /** The endings of files that are looked at, in lower case. */
  private static final Set<String> ENDINGS =
      Set.of("jpg", "jpeg", "jfif", "jpe", "png", "bmp", "gif", "tif", "tiff", "webp");

  /** What is in a class folder: files that may be images, and the rest; each sorted by name. */
  private record Listing(List<Path> files, List<Path> others) {}

  /**
   * An image file.
   *
   * @param header null where it has none that can be read
   * @param cause what keeps it out; null where it is taken in
   * @param flaw the same in words
   */
  record Checked(ImageHeader header, LeftOutCause cause, String flaw) {
    private static Checked out(LeftOutCause cause, String flaw) {
      return new Checked(null, cause, flaw);
    }
  }

  /** The folder's image collection; empty where no subfolder holds an image. */
  static Optional<ImageFolder> find(Path root, DatasetLimits limits) throws IOException {
    return find(root, root, limits);
  }

  /**
   * The same of a part of a data set.
   *
   * @param base the data set's folder
   */
  static Optional<ImageFolder> find(Path base, Path root, DatasetLimits limits) throws IOException {
    var classes = new ArrayList<String>();
    var beside = new LeftOutFiles();
    try (Stream<Path> entries = Files.list(root)) {
      for (Path entry : (Iterable<Path>) entries.sorted()::iterator) {
        String name = entry.getFileName().toString();
        if (isHidden(entry) || !Files.isDirectory(entry)) {
          if (isImage(entry)) {
            beside.add(LeftOutCause.NO_CLASS, base.relativize(entry).toString());
          }
        } else if (isWithin(entry, root)) {
          if (holdsImage(entry)) {
            classes.add(name);
          } else {
            beside.add(LeftOutCause.EMPTY_CLASS, base.relativize(entry).toString());
          }
        }
      }
    }
    return classes.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new ImageFolder(base, root, List.copyOf(classes), null, null, beside.list(), limits));
  }

  /** Images that a list names the classes or the numbers of. */
  static ImageFolder labelled(Path root, LabelList.Labels labels, DatasetLimits limits) {
    return new ImageFolder(
        root,
        root,
        List.copyOf(labels.classes().keySet()),
        labels.classes(),
        labels.targets(),
        List.of(),
        limits);
  }

  @Override
  public boolean hasTargets() {
    return targets != null;
  }

  /** The number of a file. */
  float target(Path file) {
    return targets.get(relative(file));
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
    return !isHidden(file) && ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
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
    Path from = labelled == null ? root.resolve(classes.get(index)) : root;
    var names = new ArrayList<String>();
    var headers = LongStream.builder();
    var leftOut = new LeftOutFiles();
    int skipped = 0;
    Listing listing = list(index);
    addOthers(listing, leftOut);
    var checks = new ReadAhead<>(listing.files, this::check, limits.decodesAll());
    for (Path file : listing.files) {
      Checked checked = checks.next();
      if (checked.flaw == null) {
        names.add(from.relativize(file).toString());
        headers.add(checked.header.packed());
      } else {
        skipped++;
        leftOut.add(checked.cause, relative(file));
        LOG.warnf(
            "Data set %s: %s is left out: %s", base.getFileName(), relative(file), checked.flaw);
      }
    }
    var images = new Images(from, names.toArray(String[]::new), headers.build().toArray());
    return new Folder(images, skipped, leftOut.list());
  }

  /** Counts what lies in a class folder and has not the ending of an image. */
  void addOthers(int index, LeftOutFiles leftOut) throws IOException {
    addOthers(list(index), leftOut);
  }

  private void addOthers(Listing listing, LeftOutFiles leftOut) {
    for (Path other : listing.others) {
      leftOut.add(
          Files.isDirectory(other) ? LeftOutCause.DEEPER_FOLDER : LeftOutCause.OTHER_ENDING,
          relative(other));
    }
  }

  /** Changes whenever an image is added, removed, renamed, moved or written. */
  Stamp stamp() throws IOException {
    long hash = Stamp.FNV_OFFSET;
    long newest = Long.MIN_VALUE;
    long bytes = 0;
    for (int index = 0; index < classes.size(); index++) {
      hash = Stamp.hash(hash, classes.get(index));
      Listing listing = list(index);
      for (Path other : listing.others) {
        hash = Stamp.hash(hash, other.getFileName().toString());
      }
      for (Path file : listing.files) {
        hash = Stamp.hash(hash, name(file));
        if (targets != null) {
          hash = Stamp.hash(hash, Float.toString(target(file)));
        }
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
    return list(index).files;
  }

  private Listing list(int index) throws IOException {
    if (labelled != null) {
      return new Listing(labelled.get(classes.get(index)), List.of());
    }
    try (Stream<Path> entries = Files.list(root.resolve(classes.get(index)))) {
      Map<Boolean, List<Path>> byEnding =
          entries
              .filter(entry -> !isHidden(entry))
              .sorted(Comparator.comparing(entry -> entry.getFileName().toString()))
              .collect(Collectors.partitioningBy(ImageFolder::isImage));
      return new Listing(byEnding.get(true), byEnding.get(false));
    }
  }

  /** Looks whether a file is taken in. */
  Checked check(Path file) throws IOException {
    if (!isFile(file)) {
      return Checked.out(LeftOutCause.NO_FILE, "it is no file");
    }
    if (!isWithin(file, root)) {
      return Checked.out(LeftOutCause.NO_FILE, "it lies elsewhere");
    }
    OptionalLong noted = file instanceof BucketPath object ? object.note() : OptionalLong.empty();
    if (noted.isPresent()) {
      return new Checked(ImageHeader.unpacked(noted.getAsLong()), null, null);
    }
    ImageHeader header = ImageHeader.read(file).orElse(null);
    if (header == null) {
      return Checked.out(LeftOutCause.UNDECODABLE, "it is no image of a kind that can be read");
    }
    if (header.pixels() > limits.imagePixels()) {
      return Checked.out(
          LeftOutCause.TOO_LARGE, "it has more than " + limits.imagePixels() + " pixels");
    }
    if (Math.max(header.height(), header.width()) > DatasetLimits.FILE_SIDE) {
      return Checked.out(
          LeftOutCause.TOO_LARGE,
          "it has a side of more than " + DatasetLimits.FILE_SIDE + " pixels");
    }
    String damage = limits.decodesAll() ? damage(file, header) : null;
    if (damage != null) {
      return Checked.out(LeftOutCause.UNDECODABLE, damage);
    }
    if (file instanceof BucketPath object) {
      object.note(header.packed());
    }
    return new Checked(header, null, null);
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

  /** The greatest value of an image of 16 bits. */
  int greatest(Path file, ImageHeader header) throws IOException {
    return ImageDecoder.greatest(ImageDecoder.read(file, header), header);
  }

  /** What a file is called within its class. */
  String name(Path file) {
    return labelled == null ? file.getFileName().toString() : relative(file);
  }

  /** A file's name within the data set. */
  String relative(Path file) {
    return base.relativize(file).toString();
  }

  /**
   * The images of a class; of a million of them not much more than the names is kept.
   *
   * @param from the folder of the names
   * @param headers packed
   */
  private record Images(Path from, String[] names, long[] headers) {
    Path file(int image) {
      return from.resolve(names[image]);
    }
  }

  private final class Folder implements ImageClass {
    private final Images images;
    private final int skipped;
    private final List<LeftOut> leftOut;

    Folder(Images images, int skipped, List<LeftOut> leftOut) {
      this.images = images;
      this.skipped = skipped;
      this.leftOut = leftOut;
    }

    @Override
    public int size() {
      return images.names.length;
    }

    @Override
    public int skipped() {
      return skipped;
    }

    @Override
    public List<LeftOut> leftOut() {
      return leftOut;
    }

    @Override
    public int greatest(int image) throws IOException {
      return ImageFolder.this.greatest(images.file(image), header(image));
    }

    @Override
    public ImageHeader header(int image) {
      return ImageHeader.unpacked(images.headers[image]);
    }

    @Override
    public float target(int image) {
      return targets.get(name(image));
    }

    @Override
    public void fetchAhead(int image) {
      if (images.file(image) instanceof BucketPath object) {
        object.fetchAhead();
      }
    }

    @Override
    public Pixels read(int image) throws IOException {
      return ImageDecoder.decode(
          ImageDecoder.read(images.file(image), header(image)), header(image));
    }

    @Override
    public String name(int image) {
      return relative(images.file(image));
    }
  }
}
