package io.millrace.augmentation.bucket;

import java.io.IOException;
import java.io.InputStream;

/**
 * Reads an object in pieces, each sixteen times larger than the previous one, up to a maximum: a
 * reader of the beginning fetches little more, and a reader of the whole needs few requests.
 */
final class PieceStream extends InputStream {
  private static final int GROWTH = 16;
  private static final int LARGEST = 8 << 20;

  private final BucketPath object;
  private final long size;
  private int next;
  private byte[] piece = new byte[0];
  private int at;
  private long fetched;

  /**
   * @param first bytes of the first piece
   */
  PieceStream(BucketPath object, int first) throws IOException {
    this.object = object;
    size = object.file().size();
    next = first;
  }

  @Override
  public int read() throws IOException {
    return isAtEnd() ? -1 : piece[at++] & 0xFF;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (isAtEnd()) {
      return -1;
    }
    int count = Math.min(length, piece.length - at);
    System.arraycopy(piece, at, to, offset, count);
    at += count;
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    long inPiece = Math.min(Math.max(0, count), piece.length - at);
    at += (int) inPiece;
    long beyond = Math.min(Math.max(0, count - inPiece), size - fetched);
    fetched += beyond;
    return inPiece + beyond;
  }

  @Override
  public int available() {
    return piece.length - at;
  }

  private boolean isAtEnd() throws IOException {
    if (at == piece.length && fetched < size) {
      piece = object.read(fetched, (int) Math.min(next, size - fetched));
      at = 0;
      fetched += piece.length;
      next = (int) Math.min((long) next * GROWTH, LARGEST);
    }
    return at == piece.length;
  }
}
