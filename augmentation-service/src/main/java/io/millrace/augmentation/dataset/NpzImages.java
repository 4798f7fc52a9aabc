package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.task.Part;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Images and labels from a {@code .npz} file in the layout of Keras' data sets: the arrays {@code
 * x_train} and {@code y_train} and, for a test part, {@code x_test} and {@code y_test}.
 */
final class NpzImages {
  /** The maximum number of arrays in a file. */
  private static final int ENTRIES = 100;

  private NpzImages() {}

  /**
   * Reads the arrays.
   *
   * @param names the class names by label; empty to use the labels as names
   * @param all receives the digests of the arrays; null for none
   * @throws InvalidMessageException if they do not have this layout or exceed the limit
   */
  static ImageCollection read(
      DataFile.OnDisk file, List<String> names, DatasetLimits limits, Sha256 all)
      throws IOException {
    try (var zip = new ZipFile(file.local().toFile())) {
      if (zip.size() > ENTRIES) {
        throw NpyArray.flaw(file.name(), "has more than " + ENTRIES + " arrays");
      }
      var parts = new EnumMap<Part, ImageCollection>(Part.class);
      parts.put(Part.TRAIN, part(zip, file, "train", names, limits, all));
      if (zip.getEntry("x_test.npy") != null || zip.getEntry("y_test.npy") != null) {
        parts.put(Part.TEST, part(zip, file, "test", names, limits, all));
      }
      return parts.size() == 1 ? parts.get(Part.TRAIN) : SplitCollection.of(parts);
    } catch (ZipException | IllegalArgumentException e) {
      throw NpyArray.flaw(file.name(), "cannot be read as a .npz file: " + e.getMessage());
    }
  }

  private static ImageCollection part(
      ZipFile zip,
      DataFile.OnDisk file,
      String part,
      List<String> names,
      DatasetLimits limits,
      Sha256 all)
      throws IOException {
    int[] labels;
    try (var y = new Entry(zip, file, "y_" + part, all)) {
      NpyArray array = y.array();
      boolean isFlat = array.shape().size() == 1;
      if (!isFlat && (array.shape().size() != 2 || array.shape().get(1) != 1)) {
        throw NpyArray.flaw(
            array.name(), "has the shape " + array.shape() + "; labels must be [n] or [n, 1]");
      }
      labels = array.labels();
    }
    for (int label : labels) {
      if (!names.isEmpty() && label >= names.size()) {
        throw NpyArray.flaw(
            file.name(),
            "has label "
                + label
                + ", but only "
                + Check.count(names.size(), "class name")
                + "; give a name for each label");
      }
    }
    try (var x = new Entry(zip, file, "x_" + part, all)) {
      NpyArray array = x.array();
      ImageHeader header = header(array);
      if (array.shape().get(0) != labels.length || labels.length == 0) {
        throw NpyArray.flaw(
            array.name(),
            "has "
                + Check.count(array.shape().get(0), "image")
                + " but "
                + Check.count(labels.length, "label"));
      }
      byte[] pixels = array.bytes(limits.idxBytes());
      int bytes = pixels.length / labels.length;
      return new LabelledArray(
          image -> Arrays.copyOfRange(pixels, image * bytes, (image + 1) * bytes),
          header,
          labels,
          names);
    }
  }

  private static ImageHeader header(NpyArray array) {
    List<Integer> shape = array.shape();
    int channels = shape.size() == 4 ? shape.get(3) : 1;
    boolean isRead =
        shape.size() >= 3
            && (channels == 1 || channels == 3)
            && Math.min(shape.get(1), shape.get(2)) >= 1
            && Math.max(shape.get(1), shape.get(2)) <= DatasetLimits.SIDE;
    if (!isRead) {
      throw NpyArray.flaw(
          array.name(),
          "has the shape "
              + shape
              + "; images must be [n, height, width] or [n, height, width, 1 or 3]");
    }
    return new ImageHeader(shape.get(1), shape.get(2), channels);
  }

  /** An array in the file, whose bytes are added to a digest. */
  private static final class Entry implements AutoCloseable {
    private final String name;
    private final InputStream stream;
    private final MessageDigest digest = Sha256.create();
    private final Sha256 all;

    Entry(ZipFile zip, DataFile file, String array, Sha256 all) throws IOException {
      ZipEntry entry = zip.getEntry(array + ".npy");
      if (entry == null) {
        throw NpyArray.flaw(
            file.name(),
            "has no array "
                + array
                + "; x_train and y_train are required, and x_test and y_test must come together");
      }
      this.name = file.name() + ", " + array;
      this.all = all;
      this.stream =
          new DigestInputStream(new BufferedInputStream(zip.getInputStream(entry)), digest);
    }

    NpyArray array() throws IOException {
      return NpyArray.of(name, stream);
    }

    /** Adds the digest of the array that was read. */
    @Override
    public void close() throws IOException {
      stream.close();
      if (all != null) {
        all.add(digest.digest());
      }
    }
  }
}
