package io.millrace.augmentation.dataset;

import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes JPEG files with four components. They contain inks, inverted like those of Adobe's
 * programs, in the colour model that an APP14 segment gives: CMYK, or YCCK, which is converted with
 * the fixed-point arithmetic of the Independent JPEG Group's library.
 */
final class InkJpeg {
  private static final int APP14 = 0xEE;
  private static final int START_OF_SCAN = 0xDA;
  private static final int BANDS = 4;
  private static final int HALF = 1 << 15;

  private InkJpeg() {}

  /** Decodes a complete file. */
  static Pixels decode(byte[] file) throws IOException {
    ImageReader reader = ImageDecoder.reader("jpeg");
    Raster raster;
    try (ImageInputStream image = new BytesImageStream(file)) {
      reader.setInput(image, true, true);
      raster = reader.readRaster(0, null);
    } catch (RuntimeException e) {
      throw new IOException(e.toString(), e);
    } finally {
      reader.dispose();
    }
    if (raster.getNumBands() != BANDS) {
      throw new IOException("its data do not match its header");
    }
    byte[] inks = new byte[raster.getHeight() * raster.getWidth() * BANDS];
    raster.getDataElements(
        raster.getMinX(), raster.getMinY(), raster.getWidth(), raster.getHeight(), inks);
    if (isYcck(file)) {
      for (int pixel = 0; pixel < inks.length; pixel += BANDS) {
        toInks(inks, pixel);
      }
    }
    for (int i = 0; i < inks.length; i++) {
      inks[i] = (byte) (255 - (inks[i] & 0xFF));
    }
    return Inks.straight(inks, raster.getHeight(), raster.getWidth());
  }

  /**
   * Whether an APP14 segment "Adobe" before the first scan gives YCCK; without one the model is
   * CMYK.
   */
  private static boolean isYcck(byte[] file) {
    int at = 2;
    while (at + 3 < file.length) {
      int marker = file[at + 1] & 0xFF;
      if (file[at] != (byte) 0xFF || marker == START_OF_SCAN) {
        return false;
      }
      if (marker == 0xFF) {
        at++;
        continue;
      }
      int length = (file[at + 2] & 0xFF) << 8 | file[at + 3] & 0xFF;
      if (marker == APP14 && length >= 14 && at + 15 < file.length && file[at + 4] == 'A') {
        return file[at + 15] != 0;
      }
      at += 2 + length;
    }
    return false;
  }

  private static void toInks(byte[] data, int at) {
    int y = data[at] & 0xFF;
    int cb = (data[at + 1] & 0xFF) - 128;
    int cr = (data[at + 2] & 0xFF) - 128;
    data[at] = inverted(y + (91_881 * cr + HALF >> 16));
    data[at + 1] = inverted(y + (-22_554 * cb - 46_802 * cr + HALF >> 16));
    data[at + 2] = inverted(y + (116_130 * cb + HALF >> 16));
  }

  private static byte inverted(int value) {
    return (byte) (255 - Math.max(0, Math.min(255, value)));
  }
}
