package io.millrace.augmentation.dataset;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes JPEG and PNG files. */
final class ImageDecoder {
  /** The decoder of JPEG files. */
  static final JpegDecoder JPEG = JpegDecoder.fastest();

  /** The most bytes a pixel takes as it is stored: four channels of 16 bits, not compressed. */
  private static final long PIXEL_BYTES = 8;

  /** The most bytes of a file beside its pixels: previews, colour profiles, notes. */
  private static final long OTHER_BYTES = 16 << 20;

  private ImageDecoder() {}

  /** The most bytes of a file that are read. */
  static int mostBytes(ImageHeader header) {
    return (int) Math.min(Integer.MAX_VALUE - 8, header.pixels() * PIXEL_BYTES + OTHER_BYTES);
  }

  /**
   * The bytes of an image file.
   *
   * @throws BrokenImageException where there are more than its pixels can take
   * @throws IOException where the system does not give them
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
   * The image in a file whose header was read before.
   *
   * @param file its bytes
   * @throws BrokenImageException where it is broken or not of the size that its header says
   */
  static Pixels decode(byte[] file, ImageHeader header) throws BrokenImageException {
    try {
      if (!ImageHeader.read(new ByteArrayInputStream(file)).equals(Optional.of(header))) {
        throw new BrokenImageException("it has changed");
      }
      if (ImageHeader.isJpeg(file)) {
        JpegMarkers.requireWhole(file);
        return JPEG.decode(file, header);
      }
      return decodePlainly("png", file, header);
    } catch (BrokenImageException e) {
      throw e;
    } catch (IOException e) {
      throw new BrokenImageException(e.getMessage());
    }
  }

  /**
   * The image in a file, decoded by the JDK.
   *
   * @param format that ImageIO knows
   */
  static Pixels decodePlainly(String format, byte[] file, ImageHeader header) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
    try (ImageInputStream image = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(image, true, true);
      return pixels(reader.read(0)).withChannels(header.channels());
    } catch (RuntimeException e) {
      throw new IOException(e.toString(), e);
    } finally {
      reader.dispose();
    }
  }

  /**
   * The values as they are stored, without a colour conversion: {@code getRGB} would take grey for
   * linear light. What is transparent keeps its colour.
   */
  private static Pixels pixels(BufferedImage image) {
    if (image.getColorModel() instanceof IndexColorModel) {
      return indexed(image);
    }
    Raster raster = image.getRaster();
    int channels = image.getColorModel().getNumColorComponents() == 1 ? 1 : 3;
    boolean isOfBytes =
        raster.getTransferType() == DataBuffer.TYPE_BYTE
            && raster.getSampleModel() instanceof ComponentSampleModel;
    byte[] data = isOfBytes ? bytes(raster, channels) : samples(raster, channels);
    return new Pixels(data, raster.getHeight(), raster.getWidth(), channels);
  }

  /** The first channels of a raster of bytes, copied by the line. */
  private static byte[] bytes(Raster raster, int channels) {
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    byte[] data = new byte[raster.getHeight() * width * channels];
    byte[] line = new byte[width * bands];
    for (int row = 0; row < raster.getHeight(); row++) {
      raster.getDataElements(raster.getMinX(), raster.getMinY() + row, width, 1, line);
      int at = row * width * channels;
      if (bands == channels) {
        System.arraycopy(line, 0, data, at, line.length);
        continue;
      }
      for (int column = 0; column < width; column++) {
        System.arraycopy(line, column * bands, data, at + column * channels, channels);
      }
    }
    return data;
  }

  /** The first channels of any raster, the highest eight bits of each. */
  private static byte[] samples(Raster raster, int channels) {
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    int surplus = Math.max(0, raster.getSampleModel().getSampleSize(0) - 8);
    byte[] data = new byte[raster.getHeight() * width * channels];
    int[] line = new int[width * bands];
    for (int row = 0; row < raster.getHeight(); row++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + row, width, 1, line);
      for (int column = 0; column < width; column++) {
        for (int channel = 0; channel < channels; channel++) {
          data[(row * width + column) * channels + channel] =
              (byte) (line[column * bands + channel] >>> surplus);
        }
      }
    }
    return data;
  }

  private static Pixels indexed(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    byte[] data = new byte[height * width * 3];
    int[] line = new int[width];
    for (int row = 0; row < height; row++) {
      image.getRGB(0, row, width, 1, line, 0, width);
      for (int column = 0; column < width; column++) {
        int at = (row * width + column) * 3;
        data[at] = (byte) (line[column] >> 16);
        data[at + 1] = (byte) (line[column] >> 8);
        data[at + 2] = (byte) line[column];
      }
    }
    return new Pixels(data, height, width, 3);
  }
}
