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

  /** The fastest one that works on this machine. */
  static JpegDecoder fastest() {
    Logger log = Logger.getLogger(JpegDecoder.class);
    try {
      JpegDecoder turbo = TurboJpeg.load();
      log.info("JPEG images are decoded by libjpeg-turbo");
      return turbo;
    } catch (LinkageError | RuntimeException e) {
      log.warnf("JPEG images are decoded by ImageIO, at half the speed: %s", e);
      return new PlainJpeg();
    }
  }
}
