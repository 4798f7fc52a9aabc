package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Where a data set lies, and of which kind it is; nothing of it is read yet. */
sealed interface DatasetSource {

  /** Changes whenever a file of the data set is added, removed or written. */
  Stamp stamp() throws IOException;

  /**
   * Begins to read the files.
   *
   * @param stamp of the files
   * @param known digests of files that were read before
   */
  Examination examine(Stamp stamp, FileDigests known);

  /** Labelled images. */
  sealed interface Images extends DatasetSource {
    /** Opens them. */
    ImageCollection open() throws IOException;
  }

  /** A folder of class folders. */
  record Folder(ImageFolder folder) implements Images {
    @Override
    public Stamp stamp() throws IOException {
      return folder.stamp();
    }

    @Override
    public Examination examine(Stamp stamp, FileDigests known) {
      return new FolderExamination(folder, stamp.bytes(), known);
    }

    @Override
    public ImageCollection open() {
      return folder;
    }
  }

  /**
   * A pair of IDX files.
   *
   * @param names a file with a class name a line, by label; null where there is none
   */
  record Idx(DataFile images, DataFile labels, DataFile names, DatasetLimits limits)
      implements Images {
    @Override
    public Stamp stamp() throws IOException {
      return Stamp.of(names == null ? List.of(images, labels) : List.of(images, labels, names));
    }

    @Override
    public Examination examine(Stamp stamp, FileDigests known) {
      return new Examination.Whole(stamp.bytes(), this::examine);
    }

    private DatasetFacts examine() throws IOException {
      var images = images().digested();
      var labels = labels().digested();
      var names = names() == null ? null : names().digested();
      IdxImages read = IdxImages.readWithoutPixels(images, labels, classNames(names), limits);
      var all = new Sha256().add("idx").add(images.digest().digest()).add(labels.digest().digest());
      if (names != null) {
        all.add(names.digest().digest());
      }
      return read.facts(all.hex());
    }

    @Override
    public ImageCollection open() throws IOException {
      return IdxImages.read(images, labels, classNames(names), limits);
    }

    private static List<String> classNames(DataFile names) throws IOException {
      return names == null
          ? List.of()
          : new String(names.read(1 << 20), StandardCharsets.UTF_8)
              .lines()
              .map(String::strip)
              .filter(line -> !line.isEmpty())
              .toList();
    }
  }

  /** A CSV file. */
  record Csv(DataFile file, DatasetLimits limits) implements DatasetSource {
    @Override
    public Stamp stamp() throws IOException {
      return Stamp.of(List.of(file));
    }

    @Override
    public Examination examine(Stamp stamp, FileDigests known) {
      return new Examination.Whole(stamp.bytes(), this::examine);
    }

    private DatasetFacts examine() throws IOException {
      DatasetFacts facts = new SeriesSurvey(new SeriesFile(file, limits.csvBytes(), null)).read();
      var digested = file.digested();
      try (Reader text = digested.text(limits.csvBytes())) {
        text.transferTo(Writer.nullWriter());
      }
      return facts.of(new Sha256().add("csv").add(digested.digest().digest()).hex());
    }

    /** Reads the column that a request names. */
    SeriesTable read(DatasetSpec.Series spec) throws IOException {
      return SeriesTable.read(file, limits, spec);
    }
  }

  /** What lies under a name in a root; empty where nothing does that can be a data set. */
  static Optional<DatasetSource> find(Path root, String name, DatasetLimits limits)
      throws IOException {
    Path real = root.toRealPath();
    Optional<Path> file = within(real, real.resolve(name + ".csv"));
    if (file.isPresent() && Files.isRegularFile(file.get())) {
      return Optional.of(new Csv(new DataFile.OnDisk(file.get()), limits));
    }
    Optional<Path> folder = within(real, real.resolve(name)).filter(Files::isDirectory);
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    Optional<DatasetSource> found = idx(folder.get(), limits);
    if (found.isEmpty()) {
      found = ImageFolder.find(folder.get(), limits).map(Folder::new);
    }
    return found.isPresent() ? found : csv(folder.get(), limits);
  }

  /** Whether a root has a folder of a name. */
  static boolean isFolder(Path root, String name) throws IOException {
    Path real = root.toRealPath();
    return within(real, real.resolve(name)).filter(Files::isDirectory).isPresent();
  }

  /** A path as it really is, unless it leads out of its root or nowhere. */
  private static Optional<Path> within(Path root, Path path) throws IOException {
    return Files.exists(path)
        ? Optional.of(path.toRealPath()).filter(real -> real.startsWith(root))
        : Optional.empty();
  }

  private static Optional<DatasetSource> idx(Path folder, DatasetLimits limits) throws IOException {
    List<Path> images = files(folder, name -> name.matches(".*images.*idx3.*"));
    List<Path> labels = files(folder, name -> name.matches(".*labels.*idx1.*"));
    if (images.isEmpty() && labels.isEmpty()) {
      return Optional.empty();
    }
    if (images.size() != 1 || labels.size() != 1) {
      throw new InvalidMessageException(
          "dataset.name",
          folder.getFileName()
              + " holds "
              + images.size()
              + " IDX files of images and "
              + labels.size()
              + " of labels; one of each is a data set");
    }
    List<Path> names = files(folder, "classes.txt"::equals);
    return Optional.of(
        new Idx(
            new DataFile.OnDisk(images.get(0)),
            new DataFile.OnDisk(labels.get(0)),
            names.isEmpty() ? null : new DataFile.OnDisk(names.get(0)),
            limits));
  }

  private static Optional<DatasetSource> csv(Path folder, DatasetLimits limits) throws IOException {
    List<Path> files = files(folder, name -> name.endsWith(".csv"));
    if (files.size() > 1) {
      throw new InvalidMessageException(
          "dataset.name",
          folder.getFileName() + " holds " + files.size() + " CSV files; one is a data set");
    }
    return files.stream().findFirst().map(file -> new Csv(new DataFile.OnDisk(file), limits));
  }

  /** The folder's files of such a name (in lower case), none of them a way out of the folder. */
  private static List<Path> files(Path folder, Predicate<String> named) throws IOException {
    var files = new ArrayList<Path>();
    try (Stream<Path> entries = Files.list(folder)) {
      for (Path entry : (Iterable<Path>) entries.sorted()::iterator) {
        String name = entry.getFileName().toString().toLowerCase(Locale.ROOT);
        if (!name.startsWith(".")
            && named.test(name)
            && Files.isRegularFile(entry)
            && within(folder, entry).isPresent()) {
          files.add(entry);
        }
      }
    }
    return files;
  }
}
