package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The labels of images in a file {@code labels.csv} beside them. The column {@code file} has the
 * path of each image within the folder; the column {@code label} has its class, or the column
 * {@code target} its numeric target.
 */
final class LabelList {
  static final String NAME = "labels.csv";

  private final String[] row = new String[2];
  private int fileColumn = -1;
  private int labelColumn = -1;
  private boolean isOfNumbers;

  private LabelList() {}

  /** Whether a file's first line has both columns. */
  static boolean isAt(DataFile csv, DatasetLimits limits) throws IOException {
    try (Reader text = csv.text(limits.csvBytes())) {
      var list = new LabelList();
      list.header(new CsvReader(csv, text, ','));
      return list.fileColumn >= 0 && list.labelColumn >= 0;
    } catch (InvalidMessageException e) {
      return false;
    }
  }

  private int header(CsvReader csv) throws IOException {
    return csv.row(
        column -> true,
        (text, column) -> {
          if (text.strip().equals("file")) {
            fileColumn = column;
          } else if (text.strip().equals("label")) {
            labelColumn = column;
            isOfNumbers = false;
          } else if (text.strip().equals("target") && labelColumn < 0) {
            labelColumn = column;
            isOfNumbers = true;
          }
        });
  }

  /**
   * The content of a list.
   *
   * @param classes the files of each class, sorted by name; for numeric targets, a single class
   *     without a name
   * @param targets the target of each file, by its name within the folder; null if there are
   *     classes
   */
  record Labels(SortedMap<String, List<Path>> classes, Map<String, Float> targets) {}

  /**
   * Reads a list.
   *
   * @param folder the folder of the files
   * @throws InvalidMessageException naming the line that is wrong
   */
  static Labels read(DataFile file, Path folder, DatasetLimits limits) throws IOException {
    var classes = new TreeMap<String, List<Path>>();
    var targets = new HashMap<String, Float>();
    var list = new LabelList();
    try (Reader text = file.text(limits.csvBytes())) {
      list.read(new CsvReader(file, text, ','), folder, classes, targets);
    }
    classes.values().forEach(files -> files.sort(null));
    return new Labels(classes, list.isOfNumbers ? Map.copyOf(targets) : null);
  }

  private void read(
      CsvReader csv, Path folder, TreeMap<String, List<Path>> classes, Map<String, Float> targets)
      throws IOException {
    int columns = header(csv);
    var seen = new HashSet<Path>();
    int cells = next(csv);
    while (cells > 0) {
      if (cells != columns) {
        throw csv.flaw(
            csv.line(), "has " + Check.count(cells, "cell") + ", but the header has " + columns);
      }
      Path image = image(csv, folder, row[0].strip());
      String label = row[1].strip();
      if (!seen.add(image)) {
        throw csv.flaw(csv.line(), Check.quote(row[0]) + " is listed twice");
      }
      if (seen.size() > DatasetLimits.SAMPLES) {
        throw csv.flaw(csv.line(), "is one image too many; give at most " + DatasetLimits.SAMPLES);
      }
      if (isOfNumbers) {
        targets.put(folder.relativize(image).toString(), number(csv, label));
        label = "";
      } else {
        check(csv, label);
      }
      classes.computeIfAbsent(label, none -> new ArrayList<>()).add(image);
      cells = next(csv);
    }
  }

  private static void check(CsvReader csv, String label) {
    try {
      Check.name("label", label);
    } catch (InvalidMessageException e) {
      throw csv.flaw(csv.line(), "the label " + e.reason());
    }
  }

  private static float number(CsvReader csv, String text) {
    double number = NumberForm.of(CsvSpelling.SHOWN).get(0).parse(text);
    if (!Float.isFinite((float) number)) {
      throw csv.flaw(csv.line(), "the target " + Check.quote(text) + " is not a number");
    }
    return (float) number;
  }

  private int next(CsvReader csv) throws IOException {
    row[0] = "";
    row[1] = "";
    return csv.row(
        column -> column == fileColumn || column == labelColumn,
        (text, column) -> row[column == fileColumn ? 0 : 1] = text);
  }

  private static Path image(CsvReader csv, Path folder, String name) {
    try {
      Path image = folder.resolve(name).normalize();
      if (name.isEmpty() || !image.startsWith(folder) || !Files.exists(image)) {
        throw csv.flaw(csv.line(), Check.quote(name) + " is not a file in the folder");
      }
      return image;
    } catch (InvalidPathException e) {
      throw csv.flaw(csv.line(), Check.quote(name) + " is not a valid file name");
    }
  }
}
