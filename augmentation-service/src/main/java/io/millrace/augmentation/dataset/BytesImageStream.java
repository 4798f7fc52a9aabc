package io.millrace.augmentation.dataset;

import java.io.IOException;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * The bytes of a file as an image stream of known length, so that readers do not allocate memory
 * for more.
 */
final class BytesImageStream extends ImageInputStreamImpl {
  /** How often a reader may read past the end. */
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

  /** Stops a reader that would read zeros past the end for a long time. */
  private boolean hasMore() throws IOException {
    if (streamPos >= file.length && ++past > PAST) {
      throw new IOException("it is truncated");
    }
    return streamPos < file.length;
  }

  @Override
  public long length() {
    return file.length;
  }
}
