package io.millrace.augmentation.dataset;

import java.io.IOException;
import org.jboss.logging.Logger;

/**
 * Turns the bytes of a JPEG file into pixels. All decoders use the accurate integer transform and
 * the smooth upsampling of the Independent JPEG Group, and give the same bytes; they differ in
 * speed.
 */
sealed interface JpegDecoder permits TurboJpeg, PlainJpeg {

  /**
   * The image in a file.
   *
   * @param file its bytes, with the size and channels that the header says
   * @throws IOException where it is broken
   */
  Pixels decode(byte[] file, ImageHeader header) throws IOException;

  /** What operators call it. */
  String name();

  /** The fastest one that works on this machine. */
  static JpegDecoder fastest() {
    try {
      return TurboJpeg.load();
    } catch (LinkageError | RuntimeException e) {
      Logger.getLogger(JpegDecoder.class)
          .warnf("libjpeg-turbo cannot be loaded; JPEG images take twice as long: %s", e);
      return new PlainJpeg();
    }
  }
}
