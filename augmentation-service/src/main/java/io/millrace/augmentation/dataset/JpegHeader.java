package io.millrace.augmentation.dataset;

import io.millrace.augmentation.dataset.ImageHeader.Storage;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The header of a JPEG file (ITU-T T.81), before its first scan. */
final class JpegHeader {
  private static final int APP1 = 0xE1;
  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;
  private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

  private JpegHeader() {}

  static Optional<ImageHeader> read(DataInputStream data) throws IOException {
    data.readUnsignedShort();
    int orientation = 1;
    while (true) {
      int marker = data.readUnsignedByte();
      if (marker != 0xFF) {
        return Optional.empty();
      }
      while (marker == 0xFF) {
        marker = data.readUnsignedByte();
      }
      if (marker == START_OF_SCAN || marker == END_OF_IMAGE) {
        return Optional.empty();
      }
      int length = data.readUnsignedShort() - 2;
      if (isFrame(marker)) {
        return frame(marker, orientation, data);
      }
      if (length < 0) {
        return Optional.empty();
      }
      if (marker == APP1 && length >= EXIF.length) {
        orientation = app1(length, orientation, data);
      } else {
        data.skipNBytes(length);
      }
    }
  }

  /** The orientation in an APP1 segment; the previous one if the segment is not Exif. */
  private static int app1(int length, int before, DataInputStream data) throws IOException {
    byte[] name = new byte[EXIF.length];
    data.readFully(name);
    if (!Arrays.equals(name, EXIF)) {
      data.skipNBytes(length - name.length);
      return before;
    }
    byte[] tiff = new byte[length - name.length];
    data.readFully(tiff);
    return ExifOrientation.of(tiff);
  }

  /** SOF0 to SOF15 without DHT, JPG and DAC, whose codes are in that range. */
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  /**
   * Reads a frame header. Baseline, extended and progressive frames of 8 bits are supported: grey,
   * YCbCr, RGB, CMYK.
   */
  private static Optional<ImageHeader> frame(int marker, int orientation, DataInputStream data)
      throws IOException {
    int bits = data.readUnsignedByte();
    int height = data.readUnsignedShort();
    int width = data.readUnsignedShort();
    int components = data.readUnsignedByte();
    if (marker > 0xC2 || bits != 8) {
      return Optional.empty();
    }
    return switch (components) {
      case 1 -> ImageHeader.of(height, width, 1, Storage.PLAIN, orientation);
      case 3 -> ImageHeader.of(height, width, 3, Storage.PLAIN, orientation);
      case 4 -> ImageHeader.of(height, width, 3, Storage.CMYK, orientation);
      default -> Optional.empty();
    };
  }
}
