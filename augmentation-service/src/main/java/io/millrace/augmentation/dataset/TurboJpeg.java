package io.millrace.augmentation.dataset;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.leptonica.PIX;
import org.bytedeco.leptonica.global.leptonica;

/** Decodes with libjpeg-turbo from the Leptonica library, which uses SIMD instructions. */
record TurboJpeg() implements JpegDecoder {
  private static final VarHandle WORDS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * Words that are fetched at a time: a call for each line is slow, and so is clearing a buffer for
   * all.
   */
  private static final int LINES_WORDS = 1 << 12;

  /**
   * Native bytes that are allocated and freed once: after that, glibc keeps up to twice as many
   * free bytes instead of requesting memory from the kernel for each image (mallopt(3),
   * M_MMAP_THRESHOLD).
   */
  private static final long KEPT = 8 << 20;

  /**
   * Loads the native library.
   *
   * @throws LinkageError if there is none for this machine
   */
  static TurboJpeg load() {
    leptonica.setMsgSeverity(leptonica.L_SEVERITY_NONE);
    Pointer.free(Pointer.malloc(KEPT));
    return new TurboJpeg();
  }

  @Override
  public String name() {
    return "libjpeg-turbo";
  }

  @Override
  public Pixels decode(byte[] file, ImageHeader header) throws IOException {
    PIX image =
        leptonica.pixReadMemJpeg(
            file, file.length, 0, 1, null, leptonica.L_JPEG_CONTINUE_WITH_BAD_DATA);
    if (image == null) {
      throw new IOException("its data are corrupt");
    }
    try {
      return pixels(image, header);
    } finally {
      leptonica.pixDestroy(image);
    }
  }

  private static Pixels pixels(PIX image, ImageHeader header) throws IOException {
    int bits = header.channels() == 1 ? 8 : 32;
    if (image.w() != header.width() || image.h() != header.height() || image.d() != bits) {
      throw new IOException("its data do not match its header");
    }
    byte[] data = new byte[Math.toIntExact(header.pixels() * header.channels())];
    int[] lines = new int[Math.max(1, LINES_WORDS / image.wpl()) * image.wpl()];
    try (IntPointer words = leptonica.pixGetData(image)) {
      copy(words, image.wpl(), lines, data, header);
    }
    return new Pixels(data, header.height(), header.width(), header.channels());
  }

  private static void copy(
      IntPointer words, int lineWords, int[] lines, byte[] data, ImageHeader header) {
    int width = header.width();
    int held = lines.length / lineWords;
    for (int row = 0; row < header.height(); row++) {
      if (row % held == 0) {
        int count = Math.min(held, header.height() - row) * lineWords;
        words.position((long) row * lineWords).get(lines, 0, count);
      }
      int from = row % held * lineWords;
      if (header.channels() == 1) {
        grey(lines, from, data, row * width, width);
      } else {
        colours(lines, from, data, row * width * 3, width);
      }
    }
  }

  /** Converts pixels of one word each, with red in the highest byte; four words become three. */
  private static void colours(int[] lines, int from, byte[] data, int at, int width) {
    int column = 0;
    int to = at;
    for (; column + 4 <= width; column += 4, to += 12) {
      int second = rgb(lines[from + column + 1]);
      int third = rgb(lines[from + column + 2]);
      WORDS.set(data, to, rgb(lines[from + column]) | second << 24);
      WORDS.set(data, to + 4, second >>> 8 | third << 16);
      WORDS.set(data, to + 8, third >>> 16 | rgb(lines[from + column + 3]) << 8);
    }
    for (; column < width; column++, to += 3) {
      int word = lines[from + column];
      data[to] = (byte) (word >> 24);
      data[to + 1] = (byte) (word >> 16);
      data[to + 2] = (byte) (word >> 8);
    }
  }

  /** The three channels of a pixel, with red in the lowest byte. */
  private static int rgb(int word) {
    return Integer.reverseBytes(word) & 0xFFFFFF;
  }

  /** Converts grey pixels; a word has four, the first in its highest byte. */
  private static void grey(int[] lines, int from, byte[] data, int at, int width) {
    for (int column = 0; column < width; column++) {
      data[at + column] = (byte) (lines[from + (column >> 2)] >> 24 - 8 * (column & 3));
    }
  }
}
