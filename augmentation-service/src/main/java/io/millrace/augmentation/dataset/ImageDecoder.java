package io.millrace.augmentation.dataset;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes JPEG and PNG files. */
final class ImageDecoder {
  private ImageDecoder() {}

  /**
   * The image in a file whose header was read before.
   *
   * @throws IOException where it is broken or not of the size that its header says
   */
  static Pixels decode(Path file, ImageHeader header) throws IOException {
    try (var stream = Files.newInputStream(file);
        ImageInputStream image = new MemoryCacheImageInputStream(stream)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(image);
      if (!readers.hasNext()) {
        throw new IOException("it is neither JPEG nor PNG");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(image, true, true);
        if (reader.getHeight(0) != header.height() || reader.getWidth(0) != header.width()) {
          throw new IOException("it has changed");
        }
        return pixels(reader.read(0)).withChannels(header.channels());
      } catch (RuntimeException e) {
        throw new IOException(e.toString(), e);
      } finally {
        reader.dispose();
      }
    }
  }

  /**
   * The values as they are stored, without a colour conversion: {@code getRGB} would take grey for
   * linear light. What is transparent keeps its colour.
   */
  private static Pixels pixels(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    if (image.getColorModel() instanceof IndexColorModel) {
      return indexed(image);
    }
    Raster raster = image.getRaster();
    int channels = image.getColorModel().getNumColorComponents() == 1 ? 1 : 3;
    int bands = raster.getNumBands();
    int bits = raster.getSampleModel().getSampleSize(0);
    byte[] data = new byte[height * width * channels];
    int[] line = new int[width * bands];
    for (int row = 0; row < height; row++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + row, width, 1, line);
      for (int column = 0; column < width; column++) {
        for (int channel = 0; channel < channels; channel++) {
          data[(row * width + column) * channels + channel] =
              (byte) (line[column * bands + channel] >>> Math.max(0, bits - 8));
        }
      }
    }
    return new Pixels(data, height, width, channels);
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
