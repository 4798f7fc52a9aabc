package io.millrace.augmentation.dataset;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The orientation in Exif data: tag 274 of the first directory (Exif 2.32, TIFF 6.0). */
final class ExifOrientation {
  static final int TAG = 274;
  private static final int SHORT = 3;
  private static final int ENTRY = 12;
  private static final int HEADER = 8;

  /** The length of "Exif" and two zeros. */
  private static final int PREFIX = 6;

  private ExifOrientation() {}

  /**
   * The orientation, 1..8; 1 if there is none or it cannot be read.
   *
   * @param exif a TIFF file, which some writers start with the prefix of a JPEG segment
   */
  static int of(byte[] exif) {
    boolean isPrefixed = exif.length > PREFIX && exif[0] == 'E' && exif[4] == 0;
    byte[] tiff = isPrefixed ? Arrays.copyOfRange(exif, PREFIX, exif.length) : exif;
    if (tiff.length < HEADER + 2 || tiff[0] != tiff[1] || tiff[0] != 'I' && tiff[0] != 'M') {
      return 1;
    }
    ByteBuffer data =
        ByteBuffer.wrap(tiff)
            .order(tiff[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = data.getInt(4);
    if (directory < HEADER || directory > tiff.length - 2) {
      return 1;
    }
    int entries = data.getShort(directory) & 0xFFFF;
    int at = directory + 2;
    for (int entry = 0; entry < entries && at <= tiff.length - ENTRY; entry++, at += ENTRY) {
      if ((data.getShort(at) & 0xFFFF) == TAG) {
        boolean isShort = data.getShort(at + 2) == SHORT && data.getInt(at + 4) == 1;
        return isShort ? within(data.getShort(at + 8)) : 1;
      }
    }
    return 1;
  }

  /** The value if it is a valid orientation, otherwise 1. */
  static int within(long value) {
    return value >= 1 && value <= 8 ? (int) value : 1;
  }
}
