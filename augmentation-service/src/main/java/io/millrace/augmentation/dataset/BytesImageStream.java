package io.millrace.augmentation.dataset;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/** A file's bytes; it knows how many there are, so that readers take no memory for more. */
final class BytesImageStream extends ImageInputStreamImpl {
  /** How often a reader may read on at the end. */
  private static final int PAST = 1_000;

  private final byte[] file;
  private int past;

  BytesImageStream(byte[] file) {
    this.file = file;
  }

  @Override
  public int read() throws IOException {
    checkClosed();
    bitOffset = 0;
    return hasMore() ? file[(int) streamPos++] & 0xFF : -1;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    checkClosed();
    bitOffset = 0;
    if (!hasMore()) {
      return -1;
    }
    int count = Math.min(length, file.length - (int) streamPos);
    System.arraycopy(file, (int) streamPos, into, from, count);
    streamPos += count;
    return count;
  }

  /** A reader that takes zeros for what is missing may go on for long. */
  private boolean hasMore() throws IOException {
    if (streamPos >= file.length && ++past > PAST) {
      throw new IOException("it is cut short");
    }
    return streamPos < file.length;
  }

  @Override
  public long length() {
    return file.length;
  }
}
