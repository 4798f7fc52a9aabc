package io.millrace.augmentation.dataset;

import io.millrace.augmentation.dataset.ImageHeader.Storage;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The first directory of a TIFF file (TIFF 6.0): fields of whole numbers and their positions. */
final class TiffHeader {
  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int BITS = 258;
  private static final int COMPRESSION = 259;
  private static final int PHOTOMETRIC = 262;
  private static final int STRIP_OFFSETS = 273;
  private static final int SAMPLES = 277;
  private static final int STRIP_BYTES = 279;
  private static final int COLOUR_MAP = 320;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_HEIGHT = 323;
  private static final int TILE_OFFSETS = 324;
  private static final int TILE_BYTES = 325;
  private static final int SAMPLE_FORMAT = 339;
  private static final int CMYK = 5;

  /** JPEG within TIFF, which has its own image sizes. */
  private static final int OLD_JPEG = 6;

  private static final int JPEG = 7;

  private static final int HEADER = 8;
  private static final int ENTRY = 12;
  private static final int BYTE = 1;
  private static final int SHORT = 3;
  private static final int LONG = 4;

  /** The maximum number of bands. */
  private static final int BANDS = 8;

  /** The maximum number of pixels of a tile beyond those of the image. */
  private static final long TILE_PIXELS = 1 << 20;

  private final Map<Integer, Field> fields = new HashMap<>();
  private final ByteOrder order;

  /** Whether a field occurs twice: readers differ in which one they use. */
  private boolean hasDoubles;

  /** The position in the file where the directory ends. */
  private final long end;

  /**
   * A field: the count and type of its numbers, and the four bytes that contain them or their
   * position.
   */
  private record Field(int type, long count, int value, ByteOrder order) {
    int bytes() {
      return type == SHORT ? 2 : type == LONG ? 4 : 1;
    }

    boolean isWhole() {
      return type == BYTE || type == SHORT || type == LONG;
    }

    boolean isInline() {
      return count * bytes() <= 4;
    }

    /** The first number, if the numbers are in the entry itself. */
    long first() {
      ByteBuffer four = ByteBuffer.allocate(4).order(order).putInt(value);
      return switch (bytes()) {
        case 2 -> four.getShort(0) & 0xFFFF;
        case 4 -> four.getInt(0) & 0xFFFFFFFFL;
        default -> four.get(0) & 0xFF;
      };
    }
  }

  private TiffHeader(DataInputStream data) throws IOException {
    order = data.readUnsignedShort() == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    data.skipNBytes(2);
    long directory = integer(data) & 0xFFFFFFFFL;
    if (directory < HEADER) {
      end = HEADER;
      return;
    }
    data.skipNBytes(directory - HEADER);
    int entries = integer16(data);
    end = directory + 2 + (long) entries * ENTRY;
    for (int i = 0; i < entries; i++) {
      int tag = integer16(data);
      int type = integer16(data);
      long count = integer(data) & 0xFFFFFFFFL;
      hasDoubles |= fields.put(tag, new Field(type, count, integer(data), order)) != null;
    }
  }

  private int integer(DataInputStream data) throws IOException {
    int value = data.readInt();
    return order == ByteOrder.LITTLE_ENDIAN ? Integer.reverseBytes(value) : value;
  }

  private int integer16(DataInputStream data) throws IOException {
    short value = data.readShort();
    return (order == ByteOrder.LITTLE_ENDIAN ? Short.reverseBytes(value) : value) & 0xFFFF;
  }

  /** The header of the first image: grey, RGB, palette or CMYK, with integer values. */
  static Optional<ImageHeader> read(DataInputStream data) throws IOException {
    return new TiffHeader(data).image(data);
  }

  private Optional<ImageHeader> image(DataInputStream data) throws IOException {
    long width = number(WIDTH, 0);
    long height = number(HEIGHT, 0);
    long bands = number(SAMPLES, 1);
    int bits = bits(data);
    if (hasDoubles
        || Math.max(width, height) > Integer.MAX_VALUE
        || bands > BANDS
        || number(SAMPLE_FORMAT, 1) != 1
        || number(COMPRESSION, 1) == OLD_JPEG
        || number(COMPRESSION, 1) == JPEG
        || bits < 1
        || bits > 16
        || tilePixels() > width * height + TILE_PIXELS) {
      return Optional.empty();
    }
    int photometric = (int) number(PHOTOMETRIC, -1);
    int least =
        switch (photometric) {
          case 0, 1, 3 -> 1;
          case 2 -> 3;
          case CMYK -> 4;
          default -> BANDS + 1;
        };
    if (bands < least) {
      return Optional.empty();
    }
    Storage plain = bits > 8 ? Storage.DEEP : Storage.PLAIN;
    return ImageHeader.of(
        (int) height,
        (int) width,
        photometric < 2 ? 1 : 3,
        photometric == CMYK ? Storage.CMYK : plain,
        ExifOrientation.within(number(ExifOrientation.TAG, 1)));
  }

  private long tilePixels() {
    return number(TILE_WIDTH, 0) > 0xFFFF || number(TILE_HEIGHT, 0) > 0xFFFF
        ? Long.MAX_VALUE
        : number(TILE_WIDTH, 0) * number(TILE_HEIGHT, 0);
  }

  /** The bits of the first band; with three or more bands, they are outside the entry. */
  private int bits(DataInputStream data) throws IOException {
    Field field = fields.get(BITS);
    if (field == null || field.isInline()) {
      return (int) number(BITS, 1);
    }
    return number(SAMPLE_FORMAT, 1) == 1 && field.type == SHORT ? later(field, data) : 0;
  }

  /** The number to which a field points, if it comes later in the file; otherwise 8. */
  private int later(Field field, DataInputStream data) throws IOException {
    long ahead = (field.value & 0xFFFFFFFFL) - end;
    if (ahead < 0) {
      return 8;
    }
    data.skipNBytes(ahead);
    return integer16(data);
  }

  /**
   * The palette of the first image, with red, green and blue in the lowest 24 bits of each colour:
   * the highest eight of 16 bits. The JDK scales by 65,535 instead, which gives one less for some
   * values.
   */
  static int[] palette(byte[] file) throws IOException {
    var header = new TiffHeader(new DataInputStream(new ByteArrayInputStream(file)));
    Field map = header.fields.get(COLOUR_MAP);
    if (map == null || map.type != SHORT || map.count > 3 << 16) {
      throw new IOException("its palette cannot be read");
    }
    int[] palette = new int[(int) map.count / 3];
    for (int i = 0; i < palette.length; i++) {
      long red = header.at(map, i, file) >> 8;
      long green = header.at(map, palette.length + i, file) >> 8;
      long blue = header.at(map, 2L * palette.length + i, file) >> 8;
      palette[i] = (int) (red << 16 | green << 8 | blue);
    }
    return palette;
  }

  /** Checks that the strips or tiles of the first image are within the file. */
  static void requireWhole(byte[] file) throws IOException {
    TiffHeader header;
    try {
      header = new TiffHeader(new DataInputStream(new ByteArrayInputStream(file)));
    } catch (EOFException e) {
      throw new IOException("it is truncated", e);
    }
    Field bits = header.fields.get(BITS);
    for (long i = 0; bits != null && i < bits.count; i++) {
      if (i >= BANDS || header.at(bits, i, file) != header.at(bits, 0, file)) {
        throw new IOException("its bands have different numbers of bits");
      }
    }
    boolean isTiled = header.fields.containsKey(TILE_OFFSETS);
    Field offsets = header.fields.get(isTiled ? TILE_OFFSETS : STRIP_OFFSETS);
    Field bytes = header.fields.get(isTiled ? TILE_BYTES : STRIP_BYTES);
    if (offsets == null || bytes == null || offsets.count != bytes.count || offsets.count < 1) {
      throw new IOException("its data are not where its header says");
    }
    for (long i = 0; i < offsets.count; i++) {
      if (header.at(offsets, i, file) + header.at(bytes, i, file) > file.length) {
        throw new IOException("it is truncated");
      }
    }
  }

  /** A number of a field, inside or outside the entry. */
  private long at(Field field, long index, byte[] file) throws IOException {
    ByteBuffer data =
        field.isInline()
            ? ByteBuffer.allocate(4).order(order).putInt(0, field.value)
            : ByteBuffer.wrap(file).order(order);
    long at = (field.isInline() ? 0 : field.value & 0xFFFFFFFFL) + index * field.bytes();
    if (at > data.capacity() - field.bytes()) {
      throw new IOException("it is truncated");
    }
    return switch (field.bytes()) {
      case 2 -> data.getShort((int) at) & 0xFFFF;
      case 4 -> data.getInt((int) at) & 0xFFFFFFFFL;
      default -> data.get((int) at) & 0xFF;
    };
  }

  private long number(int tag, long other) {
    Field field = fields.get(tag);
    return field == null || field.count < 1 || !field.isWhole() || !field.isInline()
        ? other
        : field.first();
  }
}
