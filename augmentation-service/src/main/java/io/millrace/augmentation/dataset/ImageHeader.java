package io.millrace.augmentation.dataset;

import io.millrace.augmentation.bucket.BucketPath;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The properties of an image file that precede its pixels. The first bytes determine the format,
 * not the file name.
 *
 * @param height in pixels, as stored
 * @param width in pixels, as stored
 * @param channels 1 for a grey image, otherwise 3
 * @param storage how its values are stored
 * @param orientation 1..8, how the image must be rotated (Exif 2.32, tag 274); 1 leaves it as
 *     stored
 */
record ImageHeader(int height, int width, int channels, Storage storage, int orientation) {

  /** The number of bytes that identify a format. */
  private static final int MAGIC = 12;

  /** How the values of pixels are stored. */
  enum Storage {
    /** Grey, colours or a palette, with at most eight bits per value. */
    PLAIN,
    /** The same with sixteen bits per value. */
    DEEP,
    /** Four inks: cyan, magenta, yellow and black. */
    CMYK
  }

  /** A format of image files. */
  enum Format {
    JPEG,
    PNG,
    GIF,
    BMP,
    TIFF,
    WEBP,
    OTHER;

    /** The format of a file that starts with these bytes. */
    static Format of(byte[] file) {
      if (begins(file, 0, "\u00ff\u00d8")) {
        return JPEG;
      }
      if (begins(file, 0, "\u0089PNG\r\n\u001a\n")) {
        return PNG;
      }
      if (begins(file, 0, "GIF87a") || begins(file, 0, "GIF89a")) {
        return GIF;
      }
      if (begins(file, 0, "BM")) {
        return BMP;
      }
      if (begins(file, 0, "II*\0") || begins(file, 0, "MM\0*")) {
        return TIFF;
      }
      return begins(file, 0, "RIFF") && begins(file, 8, "WEBP") ? WEBP : OTHER;
    }

    private static boolean begins(byte[] file, int from, String magic) {
      for (int i = 0; i < magic.length(); i++) {
        if (from + i >= file.length || (file[from + i] & 0xFF) != magic.charAt(i)) {
          return false;
        }
      }
      return true;
    }
  }

  /** The header of an upright image in plain storage. */
  ImageHeader(int height, int width, int channels) {
    this(height, width, channels, Storage.PLAIN, 1);
  }

  /** The header as a non-negative number, for sides below 32,768. */
  long packed() {
    return (long) height << 32
        | (long) width << 16
        | (long) channels << 8
        | (long) storage.ordinal() << 4
        | orientation;
  }

  /** The header of a packed number. */
  static ImageHeader unpacked(long packed) {
    return new ImageHeader(
        (int) (packed >>> 32),
        (int) (packed >>> 16 & 0xFFFF),
        (int) (packed >>> 8 & 0xFF),
        Storage.values()[(int) (packed >>> 4 & 0xF)],
        (int) (packed & 0xF));
  }

  /** The number of pixels. */
  long pixels() {
    return (long) height * width;
  }

  /** The height of the image after its rotation. */
  int uprightHeight() {
    return orientation > 4 ? width : height;
  }

  /** The width of the image after its rotation. */
  int uprightWidth() {
    return orientation > 4 ? height : width;
  }

  /** Reads the header of a file; empty if the file is not a supported image. */
  static Optional<ImageHeader> read(Path file) throws IOException {
    try (InputStream stream = new BufferedInputStream(start(file), 1_024)) {
      return read(stream);
    }
  }

  private static InputStream start(Path file) throws IOException {
    return file instanceof BucketPath object ? object.openStart() : Files.newInputStream(file);
  }

  /**
   * Reads the header at the start of a file's bytes.
   *
   * @param stream must support {@code mark}
   */
  static Optional<ImageHeader> read(InputStream stream) throws IOException {
    stream.mark(MAGIC);
    byte[] magic = stream.readNBytes(MAGIC);
    stream.reset();
    var data = new DataInputStream(stream);
    try {
      return switch (Format.of(magic)) {
        case JPEG -> JpegHeader.read(data);
        case PNG -> PngHeader.read(data);
        case GIF -> GifHeader.read(data).map(GifHeader::image);
        case BMP -> BmpHeader.read(data);
        case TIFF -> TiffHeader.read(data);
        case WEBP -> WebPFile.header(data);
        case OTHER -> Optional.empty();
      };
    } catch (EOFException e) {
      return Optional.empty();
    }
  }

  /** The header of an image of this height and width; empty if one of them is 0. */
  static Optional<ImageHeader> of(
      int height, int width, int channels, Storage storage, int orientation) {
    return height > 0 && width > 0
        ? Optional.of(new ImageHeader(height, width, channels, storage, orientation))
        : Optional.empty();
  }
}
