package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Grey images and their labels from a pair of IDX files of unsigned bytes, with or without gzip,
 * like MNIST. The classes are in the order of the labels.
 *
 * @see <a href="http://yann.lecun.com/exdb/mnist/">the IDX format</a>
 */
final class IdxImages {
  private static final int UNSIGNED_BYTES_3D = 0x0803;
  private static final int UNSIGNED_BYTES_1D = 0x0801;

  /**
   * The maximum number of bytes that one byte of a deflated stream expands to (RFC 1951: 258 for
   * one or two bits).
   */
  private static final long MOST_INFLATION = 1_032;

  /** Bytes that are read at a time if they are not kept. */
  private static final int PIECE = 1 << 16;

  private record Idx(int count, int height, int width, byte[] data) {}

  private IdxImages() {}

  /**
   * Reads both files.
   *
   * @param names the class names by label; empty to use the labels as names
   * @throws InvalidMessageException if the files do not have this format, do not belong together or
   *     exceed the limit
   */
  static ImageCollection read(
      DataFile imageFile, DataFile labelFile, List<String> names, DatasetLimits limits)
      throws IOException {
    return of(
        imageFile, read(imageFile, UNSIGNED_BYTES_3D, limits, true), labelFile, names, limits);
  }

  /** Reads both files without keeping the pixels; everything else is the same. */
  static ImageCollection readWithoutPixels(
      DataFile imageFile, DataFile labelFile, List<String> names, DatasetLimits limits)
      throws IOException {
    return of(
        imageFile, read(imageFile, UNSIGNED_BYTES_3D, limits, false), labelFile, names, limits);
  }

  private static ImageCollection of(
      DataFile imageFile, Idx pixels, DataFile labelFile, List<String> names, DatasetLimits limits)
      throws IOException {
    Idx labels = read(labelFile, UNSIGNED_BYTES_1D, limits, true);
    if (pixels.count != labels.count) {
      throw flaw(
          imageFile,
          "has "
              + Check.count(pixels.count, "image")
              + ", but "
              + labelFile.name()
              + " has "
              + Check.count(labels.count, "label"));
    }
    int[] classes = new int[labels.count];
    for (int image = 0; image < classes.length; image++) {
      classes[image] = labels.data[image] & 0xFF;
      if (!names.isEmpty() && classes[image] >= names.size()) {
        throw flaw(
            labelFile,
            "has label "
                + classes[image]
                + ", but only "
                + Check.count(names.size(), "class name")
                + "; give a name for each label");
      }
    }
    int bytes = pixels.height * pixels.width;
    return new LabelledArray(
        image -> Arrays.copyOfRange(pixels.data, image * bytes, (image + 1) * bytes),
        new ImageHeader(pixels.height, pixels.width, 1),
        classes,
        names);
  }

  private static Idx read(DataFile file, int magic, DatasetLimits limits, boolean keep)
      throws IOException {
    try (var stream = new DataInputStream(file.unpacked())) {
      if (stream.readInt() != magic) {
        throw flaw(
            file, "is not an IDX file of unsigned bytes in " + (magic & 0xFF) + " dimensions");
      }
      int count = stream.readInt();
      boolean flat = magic == UNSIGNED_BYTES_1D;
      int height = flat ? 1 : stream.readInt();
      int width = flat ? 1 : stream.readInt();
      if (count < 1 || count > DatasetLimits.SAMPLES || !isSide(height) || !isSide(width)) {
        throw flaw(file, "has an impossible shape: " + count + "×" + height + "×" + width);
      }
      long bytes = (long) count * height * width;
      if (bytes > limits.idxBytes()) {
        throw file.tooLarge(limits.idxBytes());
      }
      if (bytes > file.size() * MOST_INFLATION) {
        throw flaw(file, "is shorter than its header says");
      }
      byte[] data = new byte[(int) (keep ? bytes : Math.min(bytes, PIECE))];
      for (long left = bytes; left > 0; left -= data.length) {
        stream.readFully(data, 0, (int) Math.min(data.length, left));
      }
      if (stream.read() >= 0) {
        throw flaw(file, "is longer than its header says");
      }
      return new Idx(count, height, width, data);
    } catch (EOFException e) {
      throw flaw(file, "is shorter than its header says");
    }
  }

  private static boolean isSide(int pixels) {
    return pixels >= 1 && pixels <= DatasetLimits.SIDE;
  }

  private static InvalidMessageException flaw(DataFile file, String reason) {
    return new InvalidMessageException("dataset.name", file.name() + " " + reason);
  }
}
