package io.millrace.augmentation.dataset;

import io.millrace.augmentation.dataset.ImageHeader.Storage;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;

/**
 * The screen of a GIF file (GIF89a) and the position of the first frame on it. Pixels outside the
 * frame have the transparent colour, or else the first colour, as in the Pillow library.
 *
 * @param image the header of the screen
 * @param left column of the frame on the screen
 * @param top row of the frame on the screen
 * @param transparent index of the transparent colour; 0 if there is none
 */
record GifHeader(ImageHeader image, int left, int top, int transparent) {
  private static final int EXTENSION = 0x21;
  private static final int GRAPHIC_CONTROL = 0xF9;
  private static final int IMAGE = 0x2C;
  private static final int MAGIC = 6;

  /**
   * The maximum number of extensions before the first frame; comments are split into 255 bytes
   * each.
   */
  private static final int BLOCKS = 100_000;

  static Optional<GifHeader> read(DataInputStream data) throws IOException {
    data.skipNBytes(MAGIC);
    int width = little(data);
    int height = little(data);
    int flags = data.readUnsignedByte();
    data.skipNBytes(2L + palette(flags));
    int transparent = 0;
    int block = data.readUnsignedByte();
    for (int blocks = 0; block == EXTENSION && blocks < BLOCKS; blocks++) {
      boolean isControl = data.readUnsignedByte() == GRAPHIC_CONTROL;
      int size = data.readUnsignedByte();
      if (isControl && size == 4) {
        int control = data.readUnsignedByte();
        data.skipNBytes(2);
        int index = data.readUnsignedByte();
        transparent = (control & 1) == 0 ? 0 : index;
        size = data.readUnsignedByte();
      }
      while (size > 0 && blocks++ < BLOCKS) {
        data.skipNBytes(size);
        size = data.readUnsignedByte();
      }
      block = data.readUnsignedByte();
    }
    if (block != IMAGE) {
      return Optional.empty();
    }
    int left = little(data);
    int top = little(data);
    int right = left + little(data);
    int bottom = top + little(data);
    int shown = transparent;
    return ImageHeader.of(Math.max(height, bottom), Math.max(width, right), 3, Storage.PLAIN, 1)
        .filter(image -> right > left && bottom > top)
        .map(image -> new GifHeader(image, left, top, shown));
  }

  /** Checks that the data of the first frame are complete. */
  static GifHeader whole(byte[] file) throws IOException {
    var data = new DataInputStream(new ByteArrayInputStream(file));
    try {
      GifHeader header = read(data).orElseThrow(() -> new IOException("it has no frame"));
      data.skipNBytes(palette(data.readUnsignedByte()) + 1L);
      for (int size = data.readUnsignedByte(); size > 0; size = data.readUnsignedByte()) {
        data.skipNBytes(size);
      }
      return header;
    } catch (EOFException e) {
      throw new IOException("it is truncated", e);
    }
  }

  private static int palette(int flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << (flags & 7) + 1;
  }

  private static int little(DataInputStream data) throws IOException {
    return data.readUnsignedByte() | data.readUnsignedByte() << 8;
  }
}
