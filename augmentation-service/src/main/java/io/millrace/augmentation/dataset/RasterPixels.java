package io.millrace.augmentation.dataset;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;

/** Converts images from ImageIO readers to pixels. */
final class RasterPixels {
  private RasterPixels() {}

  /**
   * Converts an image with the values as stored, without a colour conversion: {@code getRGB} would
   * interpret grey as linear light. Transparent pixels keep their colour.
   */
  static Pixels of(BufferedImage image, ImageHeader header) {
    return of(image).withChannels(header.channels());
  }

  private static Pixels of(BufferedImage image) {
    if (image.getColorModel() instanceof IndexColorModel) {
      return indexed(image);
    }
    Raster raster = image.getRaster();
    int colours = image.getColorModel().getNumColorComponents();
    if (colours == 4) {
      return Inks.straight(samples(raster, 4), raster.getHeight(), raster.getWidth());
    }
    int channels = colours == 1 ? 1 : 3;
    boolean isOfBytes =
        raster.getTransferType() == DataBuffer.TYPE_BYTE
            && raster.getSampleModel() instanceof ComponentSampleModel;
    byte[] data = isOfBytes ? bytes(raster, channels) : samples(raster, channels);
    return new Pixels(data, raster.getHeight(), raster.getWidth(), channels);
  }

  /** The first channels of a raster of bytes, copied line by line. */
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

  /**
   * The first channels of any raster: the highest eight bits of each value, or fewer bits scaled to
   * eight.
   */
  private static byte[] samples(Raster raster, int channels) {
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    byte[] data = new byte[raster.getHeight() * width * channels];
    int[] bits = raster.getSampleModel().getSampleSize();
    int[] line = new int[width * bands];
    for (int row = 0; row < raster.getHeight(); row++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + row, width, 1, line);
      for (int column = 0; column < width; column++) {
        for (int channel = 0; channel < channels; channel++) {
          data[(row * width + column) * channels + channel] =
              eightBits(line[column * bands + channel], bits[channel]);
        }
      }
    }
    return data;
  }

  private static byte eightBits(int value, int bits) {
    if (bits >= 8) {
      return (byte) (value >>> bits - 8);
    }
    return (byte) (bits == 0 ? 0 : value * 255 / ((1 << bits) - 1));
  }

  /** The greatest value of the first channels. */
  static int greatest(BufferedImage image) {
    Raster raster = image.getRaster();
    int bands = raster.getNumBands();
    int colours = Math.min(bands, image.getColorModel().getNumColorComponents());
    int[] line = new int[raster.getWidth() * bands];
    int greatest = 0;
    for (int row = 0; row < raster.getHeight(); row++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + row, raster.getWidth(), 1, line);
      for (int i = 0; i < line.length; i++) {
        greatest = i % bands < colours ? Math.max(greatest, line[i]) : greatest;
      }
    }
    return greatest;
  }

  /** The colours of a palette. */
  static Pixels indexed(BufferedImage image, int[] palette) throws IOException {
    Raster raster = image.getRaster();
    int width = raster.getWidth();
    byte[] data = new byte[raster.getHeight() * width * 3];
    int[] line = new int[width * raster.getNumBands()];
    int at = 0;
    for (int row = 0; row < raster.getHeight(); row++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + row, width, 1, line);
      for (int column = 0; column < width; column++) {
        int index = line[column * raster.getNumBands()];
        if (index >= palette.length) {
          throw new IOException("it has no colour " + index + " in its palette");
        }
        data[at++] = (byte) (palette[index] >> 16);
        data[at++] = (byte) (palette[index] >> 8);
        data[at++] = (byte) palette[index];
      }
    }
    return new Pixels(data, raster.getHeight(), width, 3);
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
