package io.millrace.augmentation.preview;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Images in rows and columns on a medium grey background, which suits dark and light pages. */
final class ContactSheet {
  private static final byte GROUND = (byte) 0x80;

  private final PictureLayout layout;
  private final int channels;
  private final byte[] pixels;

  /**
   * Creates an empty sheet.
   *
   * @param channels 1 or 3
   */
  ContactSheet(PictureLayout layout, int channels) {
    this.layout = layout;
    this.channels = channels;
    this.pixels = new byte[layout.sheetHeight() * layout.sheetWidth() * channels];
    Arrays.fill(pixels, GROUND);
  }

  /**
   * Places an image.
   *
   * @param column on a sheet, 0 for the original and 1 or more for a variant
   * @param image unsigned bytes {@code [height, width, channels]}, from {@code at}
   */
  void put(int row, int column, byte[] image, int at) {
    int stride = layout.sheetWidth() * channels;
    int corner = layout.top(row) * stride + layout.left(column) * channels;
    int factor = layout.factor();
    int values = layout.width() * channels;
    for (int y = 0; y < layout.height(); y++) {
      int line = corner + y * factor * stride;
      for (int value = 0; value < values; value++) {
        int to = line + (value / channels * factor) * channels + value % channels;
        for (int copy = 0; copy < factor; copy++) {
          pixels[to + copy * channels] = image[at + y * values + value];
        }
      }
      for (int copy = 1; copy < factor; copy++) {
        System.arraycopy(pixels, line, pixels, line + copy * stride, values * factor);
      }
    }
  }

  /** The sheet as a PNG file. */
  byte[] png() {
    var file = new ByteArrayOutputStream();
    try (var stream = new MemoryCacheImageOutputStream(file)) {
      if (!ImageIO.write(image(), "png", stream)) {
        throw new IllegalStateException("this Java runtime cannot write PNG files");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toByteArray();
  }

  private BufferedImage image() {
    int width = layout.sheetWidth();
    int[] bands = channels == 1 ? new int[] {0} : new int[] {0, 1, 2};
    var raster =
        Raster.createInterleavedRaster(
            new DataBufferByte(pixels, pixels.length),
            width,
            layout.sheetHeight(),
            width * channels,
            channels,
            bands,
            null);
    var space = ColorSpace.getInstance(channels == 1 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
    var model =
        new ComponentColorModel(
            space, false, false, ComponentColorModel.OPAQUE, DataBuffer.TYPE_BYTE);
    return new BufferedImage(model, raster, false, null);
  }
}
