package io.millrace.augmentation.dataset;

import io.millrace.augmentation.dataset.ImageHeader.Storage;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Finds the image of a WebP file (RFC 9649), which for an animation is its first frame: the chunk
 * that contains it, and the size in this chunk. Everything else but the orientation is ignored: the
 * opacity, because transparent pixels keep their colour, and the colour profile.
 */
final class WebPFile {
  private static final int RIFF_HEADER = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int FRAME_HEADER = 16;
  private static final int VP8X = 0x56503858;
  private static final int LOSSY = 0x56503820;
  private static final int LOSSLESS = 0x5650384C;
  private static final int FRAME = 0x414E4D46;
  private static final int EXIF = 0x45584946;
  private static final int SIGNATURE = 0x2F;
  private static final int START_CODE = 0x9D012A;
  private static final int EXIF_BYTES = 1 << 16;
  private static final int AHEAD = 64;

  /** The maximum number of chunks that are examined; frames of an animation are chunks. */
  private static final int CHUNKS = 100_000;

  private final DataInputStream data;
  private long at = RIFF_HEADER;
  private int canvasHeight;
  private int canvasWidth;
  private int type;
  private long imageAt;
  private long imageBytes;
  private int height;
  private int width;
  private int orientation = 1;

  private WebPFile(DataInputStream data) {
    this.data = data;
  }

  /** Reads the header; empty if there is no image, or the first frame does not cover the canvas. */
  static Optional<ImageHeader> header(DataInputStream data) throws IOException {
    var file = new WebPFile(data);
    file.walk();
    boolean isWhole =
        file.canvasHeight == 0
            || file.canvasHeight == file.height && file.canvasWidth == file.width;
    return isWhole
        ? ImageHeader.of(file.height, file.width, 3, Storage.PLAIN, file.orientation)
        : Optional.empty();
  }

  /** A file with only the image, followed by zeros, because the decoder reads some bytes ahead. */
  static byte[] plain(byte[] whole) throws IOException {
    var file = new WebPFile(new DataInputStream(new ByteArrayInputStream(whole)));
    file.walk();
    if (file.imageBytes == 0 || file.imageAt + file.imageBytes > whole.length) {
      throw new IOException("it is truncated");
    }
    int length = (int) file.imageBytes;
    int padded = length + (length & 1);
    ByteBuffer plain =
        ByteBuffer.allocate(RIFF_HEADER + CHUNK_HEADER + padded + AHEAD)
            .order(ByteOrder.BIG_ENDIAN);
    plain.put(whole, 0, 4);
    plain.putInt(Integer.reverseBytes(4 + CHUNK_HEADER + padded));
    plain.put(whole, 8, 4);
    plain.putInt(file.type).putInt(Integer.reverseBytes(length));
    plain.put(whole, (int) file.imageAt, length);
    return plain.array();
  }

  /** Reads the chunks until the file ends or everything is found. */
  private void walk() throws IOException {
    data.skipNBytes(RIFF_HEADER);
    try {
      boolean isSimple = false;
      for (int chunk = 0; chunk < CHUNKS && !isSimple; chunk++) {
        int name = data.readInt();
        isSimple = chunk == 0 && name != VP8X;
        take(name, Integer.reverseBytes(data.readInt()) & 0xFFFFFFFFL);
      }
    } catch (EOFException e) {
      // Use what was read so far.
    }
  }

  private void take(int name, long length) throws IOException {
    long start = at + CHUNK_HEADER;
    long read = 0;
    if (name == VP8X && length >= 10) {
      data.skipNBytes(4);
      canvasWidth = 1 + little24();
      canvasHeight = 1 + little24();
      read = 10;
    } else if (name == FRAME && imageBytes == 0 && length > FRAME_HEADER) {
      data.skipNBytes(FRAME_HEADER);
      at = start + FRAME_HEADER;
      return; // Its chunks follow.
    } else if (imageBytes == 0
        && (name == LOSSY && length >= 10 || name == LOSSLESS && length > 5)) {
      type = name;
      imageAt = start;
      imageBytes = length;
      read = name == LOSSY ? lossy() : lossless();
    } else if (name == EXIF && length <= EXIF_BYTES) {
      byte[] exif = new byte[(int) length];
      data.readFully(exif);
      orientation = ExifOrientation.of(exif);
      read = length;
    }
    long padded = length + (length & 1);
    data.skipNBytes(padded - read);
    at = start + padded;
  }

  /** A key frame of VP8 (RFC 6386, 9.1). */
  private int lossy() throws IOException {
    boolean isKey = (data.readUnsignedByte() & 1) == 0;
    data.skipNBytes(2);
    int code = data.readUnsignedByte() << 16 | data.readUnsignedShort();
    int across = little16() & 0x3FFF;
    int down = little16() & 0x3FFF;
    if (isKey && code == START_CODE) {
      width = across;
      height = down;
    }
    return 10;
  }

  private int lossless() throws IOException {
    boolean isSigned = data.readUnsignedByte() == SIGNATURE;
    int bits = Integer.reverseBytes(data.readInt());
    if (isSigned && bits >>> 29 == 0) {
      width = 1 + (bits & 0x3FFF);
      height = 1 + (bits >>> 14 & 0x3FFF);
    }
    return 5;
  }

  private int little16() throws IOException {
    return data.readUnsignedByte() | data.readUnsignedByte() << 8;
  }

  private int little24() throws IOException {
    return little16() | data.readUnsignedByte() << 16;
  }
}
