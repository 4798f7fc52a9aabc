package io.millrace.augmentation.dataset;

import io.millrace.augmentation.dataset.ImageHeader.Storage;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;

/** The header of a PNG file (ISO/IEC 15948), before its image data. */
final class PngHeader {
  private static final int IHDR = 0x49484452;
  private static final int IDAT = 0x49444154;
  private static final int IEND = 0x49454E44;
  private static final int EXIF = 0x65584966;
  private static final int CHECKSUM = 4;

  /**
   * The maximum number of chunks before the image data, and of bytes of Exif data, that are
   * examined.
   */
  private static final int CHUNKS = 1_000;

  private static final int EXIF_BYTES = 1 << 16;

  private PngHeader() {}

  static Optional<ImageHeader> read(DataInputStream data) throws IOException {
    data.readLong();
    data.readInt();
    if (data.readInt() != IHDR) {
      return Optional.empty();
    }
    int width = data.readInt();
    int height = data.readInt();
    int bits = data.readUnsignedByte();
    int colourType = data.readUnsignedByte();
    return ImageHeader.of(
        height,
        width,
        (colourType & 2) == 0 ? 1 : 3,
        bits == 16 ? Storage.DEEP : Storage.PLAIN,
        height > 0 && width > 0 ? orientation(data) : 1);
  }

  /** The orientation in an eXIf chunk before the image data; 1 if there is none. */
  private static int orientation(DataInputStream data) throws IOException {
    try {
      data.skipNBytes(3 + CHECKSUM);
      for (int chunk = 0; chunk < CHUNKS; chunk++) {
        int length = data.readInt();
        int type = data.readInt();
        if (type == IDAT || type == IEND || length < 0) {
          return 1;
        }
        if (type == EXIF && length <= EXIF_BYTES) {
          byte[] tiff = new byte[length];
          data.readFully(tiff);
          return ExifOrientation.of(tiff);
        }
        data.skipNBytes((long) length + CHECKSUM);
      }
    } catch (EOFException e) {
      // The decoder reports a truncated file.
    }
    return 1;
  }
}
