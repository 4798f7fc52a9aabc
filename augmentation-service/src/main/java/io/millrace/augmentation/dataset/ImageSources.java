package io.millrace.augmentation.dataset;

import io.millrace.augmentation.dataset.DatasetSource.Arrays;
import io.millrace.augmentation.dataset.DatasetSource.Idx;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.task.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Finds labelled images in a folder in any of the supported layouts. */
final class ImageSources {
  /** The folder names of the parts, in lower case. */
  private static final Map<String, Part> PARTS =
      Map.of(
          "train", Part.TRAIN,
          "validation", Part.VALIDATION,
          "val", Part.VALIDATION,
          "valid", Part.VALIDATION,
          "test", Part.TEST);

  /** The minimum number of class folders; with fewer, the folder may have another layout. */
  private static final int CLASSES = 2;

  private ImageSources() {}

  /**
   * The images in a folder; empty if it has none.
   *
   * @throws InvalidMessageException if it is unclear which files belong together
   */
  static Optional<DatasetSource> find(Path folder, DatasetLimits limits) throws IOException {
    Optional<DatasetSource> found = idx(folder, limits);
    if (found.isEmpty()) {
      found = cifar(folder);
    }
    if (found.isEmpty()) {
      found = npz(folder, limits);
    }
    return found.isPresent() ? found : folders(folder, limits);
  }

  /**
   * Class folders; with fewer than two, the folders may be parts, or a list may name the classes.
   */
  private static Optional<DatasetSource> folders(Path folder, DatasetLimits limits)
      throws IOException {
    Optional<ImageFolder> classes = ImageFolder.find(folder, limits);
    if (classes.isEmpty() || classes.get().classes().size() < CLASSES) {
      Optional<DatasetSource> other = split(folder, limits);
      if (other.isEmpty()) {
        other = labelled(folder, limits);
      }
      if (other.isPresent()) {
        return other;
      }
    }
    return classes.map(DatasetSource.Folder::new);
  }

  private static Optional<DatasetSource> split(Path folder, DatasetLimits limits)
      throws IOException {
    var parts = new EnumMap<Part, ImageFolder>(Part.class);
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : (Iterable<Path>) entries.sorted()::iterator) {
        Part part = PARTS.get(entry.getFileName().toString().toLowerCase(Locale.ROOT));
        if (part == null || !Files.isDirectory(entry)) {
          continue;
        }
        Optional<Path> real = DatasetSource.within(folder, entry);
        Optional<ImageFolder> found =
            real.isEmpty() ? Optional.empty() : ImageFolder.find(folder, real.get(), limits);
        if (found.isPresent() && parts.put(part, found.get()) != null) {
          throw flaw(folder, "has two folders for the " + part.json() + " part; give one");
        }
      }
    }
    if (!parts.isEmpty() && !parts.containsKey(Part.TRAIN)) {
      throw flaw(
          folder,
          "has a folder for the "
              + parts.keySet().iterator().next().json()
              + " part but no folder 'train' with class folders");
    }
    if (parts.isEmpty()) {
      return Optional.empty();
    }
    SplitCollection.of(parts);
    return Optional.of(new DatasetSource.SplitFolders(Collections.unmodifiableMap(parts)));
  }

  private static Optional<DatasetSource> labelled(Path folder, DatasetLimits limits)
      throws IOException {
    List<Path> lists = files(folder, LabelList.NAME::equals);
    if (lists.isEmpty()) {
      return Optional.empty();
    }
    var list = new DataFile.OnDisk(lists.get(0));
    if (!LabelList.isAt(list, limits)) {
      return Optional.empty();
    }
    return Optional.of(
        new DatasetSource.Folder(
            ImageFolder.labelled(folder, LabelList.read(list, folder, limits), limits)));
  }

  private static Optional<DatasetSource> idx(Path folder, DatasetLimits limits) throws IOException {
    List<Path> images = files(folder, name -> name.matches(".*images.*idx3.*"));
    List<Path> labels = files(folder, name -> name.matches(".*labels.*idx1.*"));
    if (images.isEmpty() && labels.isEmpty()) {
      return Optional.empty();
    }
    DataFile names = names(folder);
    if (images.size() == 1 && labels.size() == 1) {
      return Optional.of(pair(images, labels, names, limits));
    }
    var parts = new EnumMap<Part, Idx>(Part.class);
    for (Part part : List.of(Part.TRAIN, Part.TEST)) {
      List<Path> ofImages = images.stream().filter(file -> isOf(part, file)).toList();
      List<Path> ofLabels = labels.stream().filter(file -> isOf(part, file)).toList();
      if (ofImages.size() == 1 && ofLabels.size() == 1) {
        parts.put(part, pair(ofImages, ofLabels, names, limits));
      }
    }
    if (images.size() != 2 || labels.size() != 2 || parts.size() != 2) {
      throw flaw(
          folder,
          "has "
              + images.size()
              + " IDX image files and "
              + labels.size()
              + " IDX label files; give one of each, or one of each named train... and one of"
              + " each named t10k... or test...");
    }
    var files = new ArrayList<DataFile>();
    parts.values().forEach(pair -> files.addAll(List.of(pair.images(), pair.labels())));
    return Optional.of(
        arrays(
            "idx",
            files,
            names,
            (classes, all) -> {
              var read = new EnumMap<Part, ImageCollection>(Part.class);
              for (Map.Entry<Part, Idx> pair : parts.entrySet()) {
                read.put(pair.getKey(), pair.getValue().read(classes, all));
              }
              return SplitCollection.of(read);
            }));
  }

  private static boolean isOf(Part part, Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return part == Part.TRAIN
        ? name.startsWith("train")
        : name.startsWith("t10k") || name.startsWith("test");
  }

  private static Idx pair(
      List<Path> images, List<Path> labels, DataFile names, DatasetLimits limits) {
    return new Idx(
        new DataFile.OnDisk(images.get(0)), new DataFile.OnDisk(labels.get(0)), names, limits);
  }

  private static Optional<DatasetSource> cifar(Path folder) throws IOException {
    List<DataFile.OnDisk> train =
        onDisk(files(folder, name -> name.matches("data_batch_\\d\\.bin")));
    List<DataFile.OnDisk> test = onDisk(files(folder, "test_batch.bin"::equals));
    if (train.isEmpty()) {
      return Optional.empty();
    }
    DataFile names =
        onDisk(files(folder, "batches.meta.txt"::equals)).stream().findFirst().orElse(null);
    var files = new ArrayList<DataFile>(train);
    files.addAll(test);
    return Optional.of(
        arrays(
            "cifar",
            files,
            names,
            (classes, all) -> {
              ImageCollection ofTrain = CifarImages.read(train, classes, all);
              return test.isEmpty()
                  ? ofTrain
                  : SplitCollection.of(
                      Map.of(Part.TRAIN, ofTrain, Part.TEST, CifarImages.read(test, classes, all)));
            }));
  }

  private static Optional<DatasetSource> npz(Path folder, DatasetLimits limits) throws IOException {
    List<DataFile.OnDisk> files = onDisk(files(folder, name -> name.endsWith(".npz")));
    if (files.size() > 1) {
      throw flaw(folder, "has " + files.size() + " .npz files; give one");
    }
    return files.isEmpty()
        ? Optional.empty()
        : Optional.of(npz(files.get(0), names(folder), limits));
  }

  /**
   * The images in a {@code .npz} file.
   *
   * @param names a file with one class name per line; null if there is none
   */
  static DatasetSource npz(DataFile.OnDisk file, DataFile names, DatasetLimits limits) {
    return arrays(
        "npz", List.of(file), names, (classes, all) -> NpzImages.read(file, classes, limits, all));
  }

  /** Reads images with these class names; the digest may be null. */
  @FunctionalInterface
  private interface NamedReading {
    ImageCollection read(List<String> classes, Sha256 all) throws IOException;
  }

  /** Files of one kind; the class names are the last part of the digest. */
  private static Arrays arrays(
      String kind, List<? extends DataFile> files, DataFile names, NamedReading reading) {
    var all = new ArrayList<DataFile>(files);
    if (names != null) {
      all.add(names);
    }
    return new Arrays(
        List.copyOf(all),
        digest -> {
          if (digest == null) {
            return reading.read(classNames(names), null);
          }
          digest.add(kind);
          var digested = names == null ? null : names.digested();
          ImageCollection read = reading.read(classNames(digested), digest);
          if (digested != null) {
            digest.add(digested.digest().digest());
          }
          return read;
        });
  }

  private static DataFile names(Path folder) throws IOException {
    return onDisk(files(folder, "classes.txt"::equals)).stream().findFirst().orElse(null);
  }

  /** The lines of a file with class names; empty without a file. */
  static List<String> classNames(DataFile names) throws IOException {
    return names == null
        ? List.of()
        : new String(names.read(1 << 20), StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
  }

  private static List<DataFile.OnDisk> onDisk(List<Path> files) {
    return files.stream().map(DataFile.OnDisk::new).toList();
  }

  /**
   * The files in the folder whose name (in lower case) matches, without links that lead out of the
   * folder.
   */
  static List<Path> files(Path folder, Predicate<String> named) throws IOException {
    var files = new ArrayList<Path>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : (Iterable<Path>) entries.sorted()::iterator) {
        String name = entry.getFileName().toString().toLowerCase(Locale.ROOT);
        if (!name.startsWith(".")
            && named.test(name)
            && Files.isRegularFile(entry)
            && DatasetSource.within(folder, entry).isPresent()) {
          files.add(entry);
        }
      }
    }
    return files;
  }

  private static InvalidMessageException flaw(Path folder, String reason) {
    return new InvalidMessageException("dataset.name", folder.getFileName() + " " + reason);
  }
}
