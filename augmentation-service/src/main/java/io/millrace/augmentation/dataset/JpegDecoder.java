package io.millrace.augmentation.dataset;

import java.io.IOException;
import org.jboss.logging.Logger;

/**
 * Decodes JPEG files. All decoders use the accurate integer transform and the smooth upsampling of
 * the Independent JPEG Group, and return the same bytes; they differ in speed.
 */
sealed interface JpegDecoder permits TurboJpeg, PlainJpeg {

  /**
   * Decodes a file.
   *
   * @param file its bytes, with the size and channels of the header
   * @throws IOException if it is broken
   */
  Pixels decode(byte[] file, ImageHeader header) throws IOException;

  /** The name for operators. */
  String name();

  /** The fastest decoder that works on this machine. */
  static JpegDecoder fastest() {
    try {
      return TurboJpeg.load();
    } catch (LinkageError | RuntimeException e) {
      Logger.getLogger(JpegDecoder.class)
          .warnf("libjpeg-turbo cannot be loaded; decoding JPEG images takes twice as long: %s", e);
      return new PlainJpeg();
    }
  }
}
