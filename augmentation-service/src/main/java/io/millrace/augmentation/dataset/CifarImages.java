package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Images and labels from the binary files of CIFAR-10: records of a label and of 32 × 32 pixels,
 * all red values first, then green, then blue. Only the labels are kept in memory.
 *
 * @see <a href="https://www.cs.toronto.edu/~kriz/cifar.html">the format</a>
 */
final class CifarImages {
  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;
  private static final int RECORD = 1 + 3 * PLANE;

  /** The maximum number of records in a file; CIFAR-10's files have 10,000. */
  private static final int RECORDS = 100_000;

  private CifarImages() {}

  /**
   * Reads the labels of the files.
   *
   * @param names the class names by label; empty to use the labels as names
   * @param all receives the digests of the files; null for none
   * @throws InvalidMessageException if a file does not have this format
   */
  static ImageCollection read(List<DataFile.OnDisk> files, List<String> names, Sha256 all)
      throws IOException {
    var starts = new ArrayList<Integer>();
    int[] labels = new int[0];
    for (DataFile.OnDisk file : files) {
      starts.add(labels.length);
      int from = labels.length;
      int records = records(file);
      labels = Arrays.copyOf(labels, from + records);
      var digested = file.digested();
      try (var data = new DataInputStream(digested.unpacked())) {
        byte[] record = new byte[RECORD];
        for (int i = from; i < labels.length; i++) {
          data.readFully(record);
          labels[i] = record[0] & 0xFF;
          if (labels[i] >= (names.isEmpty() ? 10 : names.size())) {
            throw flaw(
                file,
                "has label " + labels[i] + " in record " + (i - from) + ", which is not a class");
          }
        }
      } catch (EOFException e) {
        throw flaw(file, "has changed");
      }
      if (all != null) {
        all.add(digested.digest().digest());
      }
    }
    return new LabelledArray(
        image -> pixels(files, starts, image), new ImageHeader(SIDE, SIDE, 3), labels, names);
  }

  private static int records(DataFile.OnDisk file) throws IOException {
    long size = file.size();
    if (size == 0 || size % RECORD != 0 || size / RECORD > RECORDS) {
      throw flaw(
          file, "is not a CIFAR-10 file: it must have 1 to " + RECORDS + " records of 3073 bytes");
    }
    return (int) (size / RECORD);
  }

  private static byte[] pixels(List<DataFile.OnDisk> files, List<Integer> starts, int image)
      throws IOException {
    int file = starts.size() - 1;
    while (starts.get(file) > image) {
      file--;
    }
    var planes = ByteBuffer.allocate(3 * PLANE);
    try (SeekableByteChannel channel = Files.newByteChannel(files.get(file).path())) {
      channel.position((long) (image - starts.get(file)) * RECORD + 1);
      while (planes.hasRemaining()) {
        if (channel.read(planes) < 0) {
          throw new BrokenImageException("it has changed");
        }
      }
    }
    byte[] pixels = new byte[3 * PLANE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = planes.get(i % 3 * PLANE + i / 3);
    }
    return pixels;
  }

  private static InvalidMessageException flaw(DataFile file, String reason) {
    return new InvalidMessageException("dataset.name", file.name() + " " + reason);
  }
}
