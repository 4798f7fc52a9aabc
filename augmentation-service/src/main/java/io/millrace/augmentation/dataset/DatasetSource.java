package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.Part;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The location and kind of a data set, before anything is read. */
sealed interface DatasetSource {
  /** A CSV file of one part of a data set. */
  Pattern PART_FILE =
      Pattern.compile("(?i)(?:.*[-_. ])?(train|training|test|testing|validation|valid|val)[.]csv");

  /** A stamp that changes whenever a file of the data set is added, removed or written. */
  Stamp stamp() throws IOException;

  /**
   * Starts to read the files.
   *
   * @param stamp of the files
   * @param known digests of files that were read before
   */
  Examination examine(Stamp stamp, FileDigests known);

  /** Labelled images. */
  sealed interface Images extends DatasetSource {
    /** Opens the images. */
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

  /** Folders of class folders, one for each part. */
  record SplitFolders(Map<Part, ImageFolder> parts) implements Images {
    @Override
    public Stamp stamp() throws IOException {
      var text = new StringBuilder();
      long newest = Long.MIN_VALUE;
      long bytes = 0;
      for (ImageFolder folder : parts.values()) {
        Stamp stamp = folder.stamp();
        text.append(stamp.text()).append('\n');
        newest = Math.max(newest, stamp.newest());
        bytes += stamp.bytes();
      }
      return new Stamp(text.toString(), newest, bytes);
    }

    @Override
    public Examination examine(Stamp stamp, FileDigests known) {
      return new FolderExamination(parts, stamp.bytes(), known);
    }

    @Override
    public ImageCollection open() {
      return SplitCollection.of(parts);
    }
  }

  /**
   * Files with many images each.
   *
   * @param files all files that are read
   */
  record Arrays(List<DataFile> files, Reading reading) implements Images {
    /** Reads the images of such files. */
    @FunctionalInterface
    interface Reading {
      /**
       * Reads the files.
       *
       * @param all receives the kind and the digests of the files, in which case the pixels are not
       *     kept; null to keep the pixels
       */
      ImageCollection read(Sha256 all) throws IOException;
    }

    @Override
    public Stamp stamp() throws IOException {
      return Stamp.of(files);
    }

    @Override
    public Examination examine(Stamp stamp, FileDigests known) {
      return new Examination.Whole(stamp.bytes(), this::examine);
    }

    private DatasetFacts examine() throws IOException {
      var all = new Sha256();
      ImageCollection read = reading.read(all);
      return ImageDataset.facts(read, all.hex());
    }

    @Override
    public ImageCollection open() throws IOException {
      return reading.read(null);
    }
  }

  /**
   * A pair of IDX files.
   *
   * @param names a file with one class name per line, by label; null if there is none
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

    /** Reads the pair. If digests are requested, they are added and the pixels are not kept. */
    ImageCollection read(List<String> classNames, Sha256 all) throws IOException {
      if (all == null) {
        return IdxImages.read(images, labels, classNames, limits);
      }
      var digestedImages = images.digested();
      var digestedLabels = labels.digested();
      ImageCollection read =
          IdxImages.readWithoutPixels(digestedImages, digestedLabels, classNames, limits);
      all.add(digestedImages.digest().digest()).add(digestedLabels.digest().digest());
      return read;
    }

    private DatasetFacts examine() throws IOException {
      var names = names() == null ? null : names().digested();
      var all = new Sha256().add("idx");
      ImageCollection read = read(ImageSources.classNames(names), all);
      if (names != null) {
        all.add(names.digest().digest());
      }
      return ImageDataset.facts(read, all.hex());
    }

    @Override
    public ImageCollection open() throws IOException {
      return IdxImages.read(images, labels, ImageSources.classNames(names), limits);
    }
  }

  /**
   * A CSV file, or one per part.
   *
   * @param files by part; a single file is that of the training part
   */
  record Csv(Map<Part, DataFile> files, DatasetLimits limits) implements DatasetSource {
    public Csv {
      files = Collections.unmodifiableMap(new TreeMap<>(files));
    }

    /** A single file. */
    Csv(DataFile file, DatasetLimits limits) {
      this(Map.of(Part.TRAIN, file), limits);
    }

    @Override
    public Stamp stamp() throws IOException {
      return Stamp.of(List.copyOf(files.values()));
    }

    @Override
    public Examination examine(Stamp stamp, FileDigests known) {
      return new Examination.Whole(stamp.bytes(), this::examine);
    }

    private DatasetFacts examine() throws IOException {
      DatasetFacts facts = new SeriesSurvey(open(Part.TRAIN)).read();
      for (Part part : files.keySet()) {
        facts = part == Part.TRAIN ? facts : facts.withRows(SeriesSurvey.rows(open(part)));
      }
      var all = new Sha256().add("csv");
      for (var file : files.entrySet()) {
        if (files.size() > 1) {
          all.add(file.getKey().json());
        }
        var digested = file.getValue().digested();
        try (Reader text = digested.text(limits.csvBytes())) {
          text.transferTo(Writer.nullWriter());
        }
        all.add(digested.digest().digest());
      }
      return facts.of(all.hex());
    }

    private SeriesFile open(Part part) throws IOException {
      return new SeriesFile(files.get(part), limits.csvBytes(), CsvSpelling.SHOWN);
    }

    /** Reads the columns that a request for a series names. */
    SeriesTable read(DatasetSpec.Series spec) throws IOException {
      if (files.size() > 1) {
        throw new InvalidMessageException(
            "dataset.name",
            "has a CSV file for each part, but a series is split by time; put its rows into one"
                + " file, or remove the fields of a series");
      }
      return SeriesTable.read(files.get(Part.TRAIN), limits, spec);
    }

    /** Reads the columns that a request for rows names. */
    RowsTable read(DatasetSpec.Rows spec) throws IOException {
      return RowsTable.read(files, limits, spec);
    }
  }

  /** The data set with a name in a root; empty if there are no files that can be a data set. */
  static Optional<DatasetSource> find(Path root, String name, DatasetLimits limits)
      throws IOException {
    Path real = root.toRealPath();
    Optional<Path> file = within(real, real.resolve(name + ".csv"));
    if (file.isPresent() && Files.isRegularFile(file.get())) {
      return Optional.of(new Csv(new DataFile.OnDisk(file.get()), limits));
    }
    Optional<Path> arrays = within(real, real.resolve(name + ".npz")).filter(Files::isRegularFile);
    if (arrays.isPresent()) {
      return Optional.of(ImageSources.npz(new DataFile.OnDisk(arrays.get()), null, limits));
    }
    Optional<Path> folder = within(real, real.resolve(name)).filter(Files::isDirectory);
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    Optional<DatasetSource> found = ImageSources.find(folder.get(), limits);
    return found.isPresent() ? found : csv(folder.get(), limits);
  }

  /** Whether a root has a folder with a name. */
  static boolean isFolder(Path root, String name) throws IOException {
    Path real = root.toRealPath();
    return within(real, real.resolve(name)).filter(Files::isDirectory).isPresent();
  }

  /** The real path of a file; empty if it does not exist or is outside the root. */
  static Optional<Path> within(Path root, Path path) throws IOException {
    return Files.exists(path)
        ? Optional.of(path.toRealPath()).filter(real -> real.startsWith(root))
        : Optional.empty();
  }

  private static Optional<DatasetSource> csv(Path folder, DatasetLimits limits) throws IOException {
    List<Path> files = ImageSources.files(folder, name -> name.endsWith(".csv"));
    if (files.size() > 1) {
      Map<Part, DataFile> parts = parts(files);
      if (parts.size() < files.size() || !parts.containsKey(Part.TRAIN)) {
        throw new InvalidMessageException(
            "dataset.name",
            folder.getFileName()
                + " has "
                + files.size()
                + " CSV files; give one, or one for each part: train.csv with validation.csv"
                + " or test.csv");
      }
      return Optional.of(new Csv(parts, limits));
    }
    return files.stream().findFirst().map(file -> new Csv(new DataFile.OnDisk(file), limits));
  }

  /** The files whose names end with the name of a part, such as {@code mnist_test.csv}. */
  private static Map<Part, DataFile> parts(List<Path> files) {
    var parts = new TreeMap<Part, DataFile>();
    for (Path file : files) {
      Matcher name = PART_FILE.matcher(file.getFileName().toString());
      if (name.matches()) {
        Part part =
            switch (name.group(1).toLowerCase(Locale.ROOT)) {
              case "train", "training" -> Part.TRAIN;
              case "test", "testing" -> Part.TEST;
              default -> Part.VALIDATION;
            };
        parts.putIfAbsent(part, new DataFile.OnDisk(file));
      }
    }
    return parts;
  }
}
