package io.millrace.augmentation.dataset;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the first bytes of a JPEG (ITU-T T.81) or PNG (ISO/IEC 15948) file say.
 *
 * @param height in pixels
 * @param width in pixels
 * @param channels 1 for an image without colours, else 3
 */
record ImageHeader(int height, int width, int channels) {
  private static final long PNG = 0x89504E470D0A1A0AL;
  private static final int IHDR = 0x49484452;
  private static final int JPEG = 0xFFD8;
  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;

  /** Pixels in all. */
  long pixels() {
    return (long) height * width;
  }

  /** Reads a file's header; empty where it is not one of an image that can be decoded here. */
  static Optional<ImageHeader> read(Path file) throws IOException {
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file), 1_024)) {
      return read(stream);
    }
  }

  /**
   * Reads the header at the beginning of a file's bytes.
   *
   * @param stream that can be marked
   */
  static Optional<ImageHeader> read(InputStream stream) throws IOException {
    var data = new DataInputStream(stream);
    try {
      stream.mark(8);
      if (data.readUnsignedShort() == JPEG) {
        return jpeg(data);
      }
      stream.reset();
      return data.readLong() == PNG ? png(data) : Optional.empty();
    } catch (EOFException e) {
      return Optional.empty();
    }
  }

  /** Whether a file's bytes begin as those of a JPEG image do. */
  static boolean isJpeg(byte[] file) {
    return file.length > 1 && file[0] == (byte) (JPEG >> 8) && file[1] == (byte) JPEG;
  }

  private static Optional<ImageHeader> png(DataInputStream data) throws IOException {
    data.readInt();
    if (data.readInt() != IHDR) {
      return Optional.empty();
    }
    int width = data.readInt();
    int height = data.readInt();
    data.readUnsignedByte();
    int colourType = data.readUnsignedByte();
    return of(height, width, (colourType & 2) == 0 ? 1 : 3);
  }

  private static Optional<ImageHeader> jpeg(DataInputStream data) throws IOException {
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
        return frame(marker, data);
      }
      if (length < 0) {
        return Optional.empty();
      }
      data.skipNBytes(length);
    }
  }

  /** SOF0 to SOF15, less DHT, JPG and DAC, which stand among them. */
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  /** Baseline, extended and progressive frames of 8 bits, grey or YCbCr, are what is decoded. */
  private static Optional<ImageHeader> frame(int marker, DataInputStream data) throws IOException {
    int bits = data.readUnsignedByte();
    int height = data.readUnsignedShort();
    int width = data.readUnsignedShort();
    int components = data.readUnsignedByte();
    if (marker > 0xC2 || bits != 8 || (components != 1 && components != 3)) {
      return Optional.empty();
    }
    return of(height, width, components);
  }

  private static Optional<ImageHeader> of(int height, int width, int channels) {
    return height > 0 && width > 0
        ? Optional.of(new ImageHeader(height, width, channels))
        : Optional.empty();
  }
}
