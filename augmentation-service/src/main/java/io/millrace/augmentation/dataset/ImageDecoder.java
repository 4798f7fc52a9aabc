package io.millrace.augmentation.dataset;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Reads and decodes image files of all supported formats. */
final class ImageDecoder {
  /** The decoder of JPEG files. */
  static final JpegDecoder JPEG = JpegDecoder.fastest();

  /** The maximum stored size of a pixel in bytes: four uncompressed channels of 16 bits. */
  private static final long PIXEL_BYTES = 8;

  /** The maximum size of a file in bytes beyond its pixels: previews, colour profiles, notes. */
  private static final long OTHER_BYTES = 16 << 20;

  private ImageDecoder() {}

  /** The maximum number of bytes of a file that are read. */
  static int mostBytes(ImageHeader header) {
    return (int) Math.min(Integer.MAX_VALUE - 8, header.pixels() * PIXEL_BYTES + OTHER_BYTES);
  }

  /**
   * Reads the bytes of an image file.
   *
   * @throws BrokenImageException if there are more than its pixels can need
   * @throws IOException if the system cannot read the file
   */
  static byte[] read(Path file, ImageHeader header) throws IOException {
    int most = mostBytes(header);
    try (InputStream stream = Files.newInputStream(file)) {
      byte[] bytes = stream.readNBytes(most);
      if (stream.read() >= 0) {
        throw new BrokenImageException("it has more than " + most + " bytes");
      }
      return bytes;
    }
  }

  /**
   * Decodes an image whose header was read before.
   *
   * @param file its bytes
   * @throws BrokenImageException if it is broken or does not have the size in its header
   */
  static Pixels decode(byte[] file, ImageHeader header) throws BrokenImageException {
    try {
      if (!ImageHeader.read(new ByteArrayInputStream(file)).equals(Optional.of(header))) {
        throw new BrokenImageException("it has changed");
      }
      return read(file, header);
    } catch (BrokenImageException e) {
      throw e;
    } catch (EOFException e) {
      throw new BrokenImageException("it is truncated");
    } catch (IOException e) {
      throw new BrokenImageException(e.getMessage());
    }
  }

  private static Pixels read(byte[] file, ImageHeader header) throws IOException {
    return switch (ImageHeader.Format.of(file)) {
      case JPEG -> {
        JpegMarkers.requireWhole(file);
        yield header.storage() == ImageHeader.Storage.CMYK
            ? InkJpeg.decode(file)
            : JPEG.decode(file, header);
      }
      case PNG -> decodePlainly("png", file, header);
      case GIF -> gif(file, header);
      case BMP -> {
        BmpHeader.requireWhole(file);
        yield sized(decodePlainly("bmp", file, header), header);
      }
      case TIFF -> {
        TiffHeader.requireWhole(file);
        BufferedImage image = image(reader("tiff"), file, header);
        boolean hasPalette =
            header.channels() == 3 && image.getColorModel() instanceof IndexColorModel;
        yield sized(
            hasPalette
                ? RasterPixels.indexed(image, TiffHeader.palette(file))
                : RasterPixels.of(image, header),
            header);
      }
      case WEBP -> {
        byte[] plain = WebPFile.plain(file);
        ImageReader reader = new WebPImageReaderSpi().createReaderInstance(null);
        yield sized(RasterPixels.of(image(reader, plain, header), header), header);
      }
      case OTHER -> throw new BrokenImageException("it has changed");
    };
  }

  private static Pixels sized(Pixels pixels, ImageHeader header) throws IOException {
    if (pixels.height() != header.height() || pixels.width() != header.width()) {
      throw new IOException("its data do not match its header");
    }
    return pixels;
  }

  /** Decodes the first frame of a GIF file and places it on the screen. */
  private static Pixels gif(byte[] file, ImageHeader header) throws IOException {
    GifHeader gif = GifHeader.whole(file);
    BufferedImage frame = image(reader("gif"), file, header);
    Pixels pixels = RasterPixels.of(frame, header);
    if (pixels.height() == header.height() && pixels.width() == header.width()) {
      return pixels;
    }
    int colour =
        frame.getColorModel() instanceof IndexColorModel palette
                && gif.transparent() < palette.getMapSize()
            ? palette.getRGB(gif.transparent())
            : 0;
    return pixels.on(header.height(), header.width(), gif.top(), gif.left(), colour);
  }

  /** The greatest value of an image's channels, as stored. */
  static int greatest(byte[] file, ImageHeader header) throws BrokenImageException {
    boolean isTiff = ImageHeader.Format.of(file) == ImageHeader.Format.TIFF;
    try {
      if (isTiff) {
        TiffHeader.requireWhole(file);
      }
      return RasterPixels.greatest(image(reader(isTiff ? "tiff" : "png"), file, header));
    } catch (IOException e) {
      throw new BrokenImageException(e.getMessage());
    }
  }

  /**
   * Decodes an image with the JDK.
   *
   * @param format a format name of ImageIO
   */
  static Pixels decodePlainly(String format, byte[] file, ImageHeader header) throws IOException {
    return RasterPixels.of(image(reader(format), file, header), header);
  }

  /** The JDK's own reader of a format, even if others are on the class path. */
  static ImageReader reader(String format) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    while (readers.hasNext()) {
      ImageReader reader = readers.next();
      if (reader.getClass().getName().startsWith("com.sun.imageio.")) {
        return reader;
      }
    }
    throw new IllegalStateException("every JDK reads " + format);
  }

  private static BufferedImage image(ImageReader reader, byte[] file, ImageHeader header)
      throws IOException {
    try (ImageInputStream image = new BytesImageStream(file)) {
      reader.setInput(image, true, true);
      if (reader.getWidth(0) > header.width() || reader.getHeight(0) > header.height()) {
        throw new IOException("its data do not match its header");
      }
      return reader.read(0);
    } catch (RuntimeException e) {
      throw new IOException(e.toString(), e);
    } finally {
      reader.dispose();
    }
  }
}
