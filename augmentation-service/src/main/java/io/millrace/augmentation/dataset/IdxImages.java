package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Grey images and their labels from a pair of IDX files of unsigned bytes, gzip or not, as MNIST
 * comes. The classes are in the order of the labels.
 *
 * @see <a href="http://yann.lecun.com/exdb/mnist/">the IDX format</a>
 */
final class IdxImages {
  private static final int UNSIGNED_BYTES_3D = 0x0803;
  private static final int UNSIGNED_BYTES_1D = 0x0801;

  /** A byte of a deflated stream stands for at most so many (RFC 1951: 258 a bit or two). */
  private static final long MOST_INFLATION = 1_032;

  /** Bytes that are read at a time where none are kept. */
  private static final int PIECE = 1 << 16;

  private record Idx(int count, int height, int width, byte[] data) {}

  private IdxImages() {}

  /**
   * Reads both files.
   *
   * @param names of the classes by label; empty to call them by their label
   * @throws InvalidMessageException where the files are not of the format, do not belong together
   *     or are over the limit
   */
  static ImageCollection read(
      DataFile imageFile, DataFile labelFile, List<String> names, DatasetLimits limits)
      throws IOException {
    return of(
        imageFile, read(imageFile, UNSIGNED_BYTES_3D, limits, true), labelFile, names, limits);
  }

  /** The same, with images that are not kept: all else is told. */
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
              + ", and "
              + labelFile.name()
              + " "
              + labels.count);
    }
    int[] classes = new int[labels.count];
    for (int image = 0; image < classes.length; image++) {
      classes[image] = labels.data[image] & 0xFF;
      if (!names.isEmpty() && classes[image] >= names.size()) {
        throw flaw(
            labelFile,
            "has more labels than the "
                + Check.count(names.size(), "class", "classes")
                + " with a name");
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
        throw flaw(file, "has a shape that cannot be: " + count + "×" + height + "×" + width);
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
