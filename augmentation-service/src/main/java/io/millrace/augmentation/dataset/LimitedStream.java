package io.millrace.augmentation.dataset;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of a file; fails as soon as there are too many. */
final class LimitedStream extends FilterInputStream {
  private final DataFile file;
  private final long most;
  private long given;

  LimitedStream(InputStream bytes, DataFile file, long most) {
    super(bytes);
    this.file = file;
    this.most = most;
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    count(value < 0 ? 0 : 1);
    return value;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    int read = super.read(into, from, length);
    count(Math.max(0, read));
    return read;
  }

  private void count(int bytes) {
    given += bytes;
    if (given > most) {
      throw file.tooLarge(most);
    }
  }
}
