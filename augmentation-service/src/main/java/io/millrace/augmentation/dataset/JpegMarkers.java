package io.millrace.augmentation.dataset;

import java.io.IOException;

/**
 * Iterates over the markers of a JPEG file (ITU-T T.81, B.1) up to the end of the image, because
 * decoders turn a truncated file into an image whose lower part is grey, and need a pass over all
 * pixels for each scan of a progressive image, of which a few kilobytes may contain thousands.
 */
final class JpegMarkers {
  /** The maximum number of scans; encoders write about ten. */
  private static final int SCANS = 100;

  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;

  private final byte[] file;
  private int at = 2;

  private JpegMarkers(byte[] file) {
    this.file = file;
  }

  /**
   * Checks that a file is complete.
   *
   * @throws IOException if it is truncated or has too many scans
   */
  static void requireWhole(byte[] file) throws IOException {
    var markers = new JpegMarkers(file);
    int scans = 0;
    int marker = markers.next();
    while (marker != END_OF_IMAGE) {
      scans += marker == START_OF_SCAN ? 1 : 0;
      if (scans > SCANS) {
        throw new IOException("it has more than " + SCANS + " scans");
      }
      markers.skipSegment(marker);
      marker = markers.next();
    }
  }

  /** The next marker; skips the data of a scan, in which 0xFF is followed by 0. */
  private int next() throws IOException {
    while (at + 1 < file.length) {
      int marker = file[at + 1] & 0xFF;
      if (file[at] == (byte) 0xFF && marker != 0 && marker != 0xFF) {
        at += 2;
        return marker;
      }
      at++;
    }
    throw new IOException("it is truncated");
  }

  private void skipSegment(int marker) {
    if (!standsAlone(marker) && at + 1 < file.length) {
      at += Math.max(2, (file[at] & 0xFF) << 8 | file[at + 1] & 0xFF);
    }
  }

  /** TEM, RST0 to RST7 and SOI have no segment. */
  private static boolean standsAlone(int marker) {
    return marker == 0x01 || marker >= 0xD0 && marker <= 0xD8;
  }
}
