package io.millrace.augmentation.dataset;

import java.io.IOException;

/** The JDK's decoder, which works on every platform. */
record PlainJpeg() implements JpegDecoder {
  @Override
  public String name() {
    return "ImageIO";
  }

  @Override
  public Pixels decode(byte[] file, ImageHeader header) throws IOException {
    return ImageDecoder.decodePlainly("jpeg", file, header);
  }
}
