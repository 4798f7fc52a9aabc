package io.millrace.augmentation.dataset;

import io.millrace.augmentation.dataset.ImageHeader.Storage;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** The header of a Windows bitmap: a core header, or an info header of any version. */
final class BmpHeader {
  private static final int FILE_HEADER = 14;
  private static final int CORE = 12;
  private static final int INFO = 40;
  private static final int BIT_FIELDS = 3;
  private static final int COLOURS = 256;

  private BmpHeader() {}

  static Optional<ImageHeader> read(DataInputStream data) throws IOException {
    data.skipNBytes(FILE_HEADER);
    int size = little(data);
    if (size != CORE && (size < INFO || size > 1_024)) {
      return Optional.empty();
    }
    boolean isCore = size == CORE;
    int width = isCore ? littleShort(data) : little(data);
    int height = isCore ? littleShort(data) : Math.abs(little(data));
    littleShort(data);
    int bits = littleShort(data);
    int compression = 0;
    int colours = 0;
    if (!isCore) {
      compression = little(data);
      data.skipNBytes(12);
      colours = little(data);
      data.skipNBytes(4L + size - INFO);
    }
    // With any higher value the bitmap holds a JPEG or PNG file.
    boolean isKnown =
        switch (bits) {
          case 1, 4, 8 -> compression >= 0 && compression < BIT_FIELDS && colours <= COLOURS;
          case 16, 24, 32 -> compression == 0 || compression == BIT_FIELDS;
          default -> false;
        };
    if (!isKnown || colours < 0) {
      return Optional.empty();
    }
    boolean isGrey = bits <= 8 && isGrey(data, colours == 0 ? 1 << bits : colours, isCore ? 3 : 4);
    return ImageHeader.of(height, width, isGrey ? 1 : 3, Storage.PLAIN, 1);
  }

  /** Checks that an uncompressed file has all rows of pixels. */
  static void requireWhole(byte[] file) throws IOException {
    ByteBuffer data = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < FILE_HEADER + INFO && (file.length < 26 || data.getInt(14) != CORE)) {
      throw new IOException("it is truncated");
    }
    boolean isCore = data.getInt(14) == CORE;
    int compression = isCore ? 0 : data.getInt(30);
    if (compression != 0 && compression != BIT_FIELDS) {
      return;
    }
    long width = isCore ? data.getShort(18) & 0xFFFF : data.getInt(18);
    long height = isCore ? data.getShort(20) & 0xFFFF : Math.abs(data.getInt(22));
    int bits = data.getShort(isCore ? 24 : 28) & 0xFFFF;
    long line = (width * bits + 31) / 32 * 4;
    if ((data.getInt(10) & 0xFFFFFFFFL) + line * height > file.length) {
      throw new IOException("it is truncated");
    }
  }

  /** Whether the palette has only greys. */
  private static boolean isGrey(DataInputStream data, int colours, int bytes) throws IOException {
    byte[] colour = new byte[bytes];
    boolean isGrey = true;
    for (int i = 0; i < colours; i++) {
      data.readFully(colour);
      isGrey &= colour[0] == colour[1] && colour[1] == colour[2];
    }
    return isGrey;
  }

  private static int littleShort(DataInputStream data) throws IOException {
    return data.readUnsignedByte() | data.readUnsignedByte() << 8;
  }

  private static int little(DataInputStream data) throws IOException {
    return Integer.reverseBytes(data.readInt());
  }
}
