package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array of whole numbers in NumPy's format, versions 1.0 to 3.0. Python objects are not
 * supported.
 *
 * @param name for messages
 * @param type NumPy's type code, such as {@code |u1} or {@code <i8}
 * @param shape at most four sizes
 * @param data the values
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">the
 *     format</a>
 */
record NpyArray(String name, String type, List<Integer> shape, InputStream data) {
  private static final byte[] MAGIC = "\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1);

  /** The maximum length of a header in characters, NumPy's own limit. */
  private static final int HEADER = 10_000;

  private static final int AXES = 4;
  private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([^']{1,10})'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9, ]*)\\)");

  /** Reads the header; the rest of the stream is the values. */
  static NpyArray of(String name, InputStream stream) throws IOException {
    var data = new DataInputStream(stream);
    try {
      byte[] magic = data.readNBytes(MAGIC.length);
      int version = data.readUnsignedByte();
      data.readUnsignedByte();
      if (!Arrays.equals(magic, MAGIC) || version < 1 || version > 3) {
        throw flaw(name, "is not a NumPy array");
      }
      long length =
          version == 1
              ? Short.reverseBytes(data.readShort()) & 0xFFFF
              : Integer.reverseBytes(data.readInt()) & 0xFFFFFFFFL;
      if (length > HEADER) {
        throw flaw(name, "has a header of more than " + HEADER + " bytes");
      }
      byte[] header = new byte[(int) length];
      data.readFully(header);
      return of(name, new String(header, StandardCharsets.UTF_8), stream);
    } catch (EOFException e) {
      throw flaw(name, "is truncated");
    }
  }

  private static NpyArray of(String name, String header, InputStream stream) {
    Matcher type = TYPE.matcher(header);
    Matcher order = ORDER.matcher(header);
    Matcher shape = SHAPE.matcher(header);
    if (!type.find() || !order.find() || !shape.find()) {
      throw flaw(name, "has an unreadable header: " + Check.cut(header.strip()));
    }
    var sizes = new ArrayList<Integer>();
    for (String size : shape.group(1).split(",")) {
      if (!size.isBlank()) {
        if (size.strip().length() > 9 || sizes.size() == AXES) {
          throw flaw(name, "has an unsupported shape: (" + shape.group(1) + ")");
        }
        sizes.add(Integer.parseInt(size.strip()));
      }
    }
    if (order.group(1).equals("True") && sizes.size() > 1) {
      throw flaw(name, "is in Fortran order; save numpy.ascontiguousarray(array) instead");
    }
    return new NpyArray(name, type.group(1), List.copyOf(sizes), stream);
  }

  /** The number of values. */
  long values() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  /**
   * Reads an array of unsigned bytes.
   *
   * @param most the maximum number of values
   */
  byte[] bytes(long most) throws IOException {
    if (!type.equals("|u1")) {
      throw flaw(name, "has the type " + Check.quote(type) + "; images must be uint8, '|u1'");
    }
    if (values() > most) {
      throw flaw(
          name,
          "has "
              + values()
              + " values; at most "
              + most
              + " are allowed (millrace.datasets.max-idx-bytes)");
    }
    byte[] bytes = new byte[(int) values()];
    readFully(bytes);
    requireEnd();
    return bytes;
  }

  /** Reads labels from 0 to {@link LabelledArray#LABELS} - 1, of any integer type. */
  int[] labels() throws IOException {
    Matcher number = Pattern.compile("([<>|])[iu]([1248])").matcher(type);
    if (!number.matches()) {
      throw flaw(
          name,
          "has the type "
              + Check.quote(type)
              + "; labels must be whole numbers, such as '|u1' or '<i8'");
    }
    if (values() > DatasetLimits.SAMPLES) {
      throw flaw(name, ImageDataset.tooMany(values()));
    }
    byte[] bytes = new byte[Integer.parseInt(number.group(2))];
    boolean isBig = number.group(1).equals(">");
    int[] labels = new int[(int) values()];
    for (int i = 0; i < labels.length; i++) {
      readFully(bytes);
      long label = 0;
      for (int b = 0; b < bytes.length; b++) {
        label = label << 8 | bytes[isBig ? b : bytes.length - 1 - b] & 0xFF;
      }
      if (label < 0 || label >= LabelledArray.LABELS) {
        throw flaw(
            name,
            "has label "
                + label
                + " for image "
                + i
                + "; labels must be 0 to "
                + (LabelledArray.LABELS - 1));
      }
      labels[i] = (int) label;
    }
    requireEnd();
    return labels;
  }

  private void readFully(byte[] into) throws IOException {
    if (data.readNBytes(into, 0, into.length) < into.length) {
      throw flaw(name, "is truncated");
    }
  }

  private void requireEnd() throws IOException {
    if (data.read() >= 0) {
      throw flaw(name, "is longer than its header says");
    }
  }

  /** Creates the exception for an array. */
  static InvalidMessageException flaw(String name, String reason) {
    return new InvalidMessageException("dataset.name", name + " " + reason);
  }
}
