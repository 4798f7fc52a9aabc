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
 * A folder with a subfolder of image files for each class; hidden ones are ignored. A file without
 * a valid image header or above the size limit is skipped when its class is opened, so that a split
 * stays the same as long as the folder does. A file with broken data is also skipped then, or fails
 * when it is read, depending on the limits. A file that the system cannot read makes opening the
 * class fail: if only one augmentation service skipped it, that service would have a different
 * split.
 *
 * @param base the data set's folder, to which file names are relative
 * @param root the folder, a real path
 * @param classes names of the subfolders, or of the labels, sorted
 * @param labelled the files by label; null if they are in subfolders
 * @param targets the target of each file, by its name in the folder; null if there are classes
 * @param beside files and folders beside the classes that are not part of them
 * @param limits for each image
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

  /** The extensions of image files, in lower case. */
  private static final Set<String> ENDINGS =
      Set.of("jpg", "jpeg", "jfif", "jpe", "png", "bmp", "gif", "tif", "tiff", "webp");

  /** The content of a class folder: possible images and other files, each sorted by name. */
  private record Listing(List<Path> files, List<Path> others) {}

  /**
   * The result of checking an image file.
   *
   * @param header null if it has no readable header
   * @param cause why it is skipped; null if it is accepted
   * @param flaw the same in words
   */
  record Checked(ImageHeader header, LeftOutCause cause, String flaw) {
    private static Checked out(LeftOutCause cause, String flaw) {
      return new Checked(null, cause, flaw);
    }
  }

  /** The image collection of a folder; empty if no subfolder has images. */
  static Optional<ImageFolder> find(Path root, DatasetLimits limits) throws IOException {
    return find(root, root, limits);
  }

  /**
   * The image collection of a part of a data set.
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

  /** The image collection of a list with the class or target of each image. */
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

  /** The target of a file. */
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

  /** Whether this is a regular file; reading a pipe, for example, might never end. */
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
        LOG.warnf("Data set %s: skipped %s: %s", base.getFileName(), relative(file), checked.flaw);
      }
    }
    var images = new Images(from, names.toArray(String[]::new), headers.build().toArray());
    return new Folder(images, skipped, leftOut.list());
  }

  /** Counts the files of a class folder that do not have an image extension. */
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

  /** A stamp that changes whenever an image is added, removed, renamed, moved or written. */
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

  /**
   * The attributes of a file; null if the system cannot read them, which opening the class reports.
   */
  private static BasicFileAttributes attributesIfAny(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class);
    } catch (IOException e) {
      return null;
    }
  }

  /** The possible images of a class, sorted by name. */
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

  /** Checks whether a file is accepted as an image. */
  Checked check(Path file) throws IOException {
    if (!isFile(file)) {
      return Checked.out(LeftOutCause.NO_FILE, "it is not a file");
    }
    if (!isWithin(file, root)) {
      return Checked.out(LeftOutCause.NO_FILE, "it is a link to a place outside the folder");
    }
    OptionalLong noted = file instanceof BucketPath object ? object.note() : OptionalLong.empty();
    if (noted.isPresent()) {
      return new Checked(ImageHeader.unpacked(noted.getAsLong()), null, null);
    }
    ImageHeader header = ImageHeader.read(file).orElse(null);
    if (header == null) {
      return Checked.out(LeftOutCause.UNDECODABLE, "it is not an image in a supported format");
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

  /** What is wrong with a file's data; null if they are valid. */
  private static String damage(Path file, ImageHeader header) throws IOException {
    try {
      ImageDecoder.decode(ImageDecoder.read(file, header), header);
      return null;
    } catch (BrokenImageException e) {
      return e.getMessage();
    }
  }

  /** The greatest value of a 16-bit image. */
  int greatest(Path file, ImageHeader header) throws IOException {
    return ImageDecoder.greatest(ImageDecoder.read(file, header), header);
  }

  /** The name of a file within its class. */
  String name(Path file) {
    return labelled == null ? file.getFileName().toString() : relative(file);
  }

  /** The name of a file within the data set. */
  String relative(Path file) {
    return base.relativize(file).toString();
  }

  /**
   * The images of a class, stored compactly: little more than the names, because there may be a
   * million.
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
