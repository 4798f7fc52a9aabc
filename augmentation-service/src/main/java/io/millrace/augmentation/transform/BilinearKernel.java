package io.millrace.augmentation.transform;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Interpolates pixels of an 8-bit image between four neighbours with 12-bit weights.
 *
 * <p>Each step of the calculation is a separate loop over some hundred pixels that writes one
 * {@code int} array: the JIT vectorizes such loops, but not longer ones or loops that mix types or
 * write several arrays. Only the neighbours are fetched one by one, four bytes at once.
 *
 * <p>The compiler of native executables does not vectorize. There, one loop does all steps of a
 * pixel, which is two to three times faster than many loops. The results are the same.
 */
final class BilinearKernel {
  /** The fractional bits of a coordinate. With 12 integer bits, they fill an {@code int}. */
  static final int FRACTION_BITS = 20;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Whether this is a native executable. */
  private static final boolean EXECUTABLE =
      System.getProperty("org.graalvm.nativeimage.imagecode") != null;

  private static final int WEIGHT_BITS = 12;
  private static final int WEIGHT = 1 << WEIGHT_BITS;
  private static final int WEIGHT_MASK = WEIGHT - 1;
  private static final int TO_WEIGHT = FRACTION_BITS - WEIGHT_BITS;

  /** The bits of each channel's sum when three channels share a {@code long}. */
  private static final int LANE_BITS = 21;

  private static final int LANE_MASK = (1 << LANE_BITS) - 1;

  /** The source coordinates of the current pixels, as unsigned fixed-point numbers. */
  final int[] x;

  final int[] y;

  /** The results by channel, in units of {@code 1/4096} of a level. */
  final int[][] values;

  private final int channels;
  private final int stride;
  private final boolean atOnce;
  private final int[] ramp;
  private final int[] a;
  private final int[] b;
  private final int[] c;
  private final int[] d;
  private final int[] wa;
  private final int[] wb;
  private final int[] wc;
  private final int[] wd;

  /**
   * @param capacity the number of pixels at a time
   * @param width of the source, in pixels
   * @param channels 1 or 3
   */
  BilinearKernel(int capacity, int width, int channels) {
    this(capacity, width, channels, EXECUTABLE);
  }

  /**
   * @param atOnce whether one loop does all steps of a pixel
   */
  BilinearKernel(int capacity, int width, int channels, boolean atOnce) {
    this.channels = channels;
    this.atOnce = atOnce;
    this.stride = width * channels;
    x = new int[capacity];
    y = new int[capacity];
    values = new int[channels][capacity];
    ramp = new int[capacity];
    for (int i = 0; i < capacity; i++) {
      ramp[i] = i;
    }
    a = new int[capacity];
    b = new int[capacity];
    c = new int[capacity];
    d = new int[capacity];
    wa = new int[capacity];
    wb = new int[capacity];
    wc = new int[capacity];
    wd = new int[capacity];
  }

  /**
   * The bytes required after the last row: pixels on the lower and right border have neighbours
   * beyond it, with weight 0.
   */
  static int padding(int width, int channels) {
    return (width + 1) * channels + Integer.BYTES;
  }

  /** Sets coordinates that increase by {@code step}; only the value modulo 2³² counts. */
  void line(int[] coordinates, int start, int end, long first, long step) {
    if (end - start >= 8) {
      line(coordinates, start, end, (int) (first - start * step), (int) step, ramp);
      return;
    }
    for (int i = start; i < end; i++) {
      coordinates[i] = (int) (first + (i - start) * step);
    }
  }

  // The JIT needs the same index for all arrays.
  private static void line(int[] coordinates, int start, int end, int first, int step, int[] ramp) {
    for (int i = start; i < end; i++) {
      coordinates[i] = ramp[i] * step + first;
    }
  }

  /** Interpolates the first {@code n} pixels and overwrites their coordinates. */
  void run(byte[] source, int n) {
    if (!atOnce) {
      inSteps(source, n);
    } else if (channels == 1) {
      grey(n, source, stride, x, y, values[0]);
    } else {
      colours(n, source, stride, x, y, values[0], values[1], values[2]);
    }
  }

  private static void grey(int n, byte[] source, int stride, int[] x, int[] y, int[] sum) {
    for (int i = 0; i < n; i++) {
      int across = x[i] >>> TO_WEIGHT & WEIGHT_MASK;
      int down = y[i] >>> TO_WEIGHT & WEIGHT_MASK;
      int both = across * down + WEIGHT / 2 >> WEIGHT_BITS;
      int at = (y[i] >>> FRACTION_BITS) * stride + (x[i] >>> FRACTION_BITS);
      sum[i] =
          (source[at] & 0xFF) * (WEIGHT - across - down + both)
              + (source[at + 1] & 0xFF) * (across - both)
              + (source[at + stride] & 0xFF) * (down - both)
              + (source[at + stride + 1] & 0xFF) * both;
    }
  }

  private static void colours(
      int n, byte[] source, int stride, int[] x, int[] y, int[] red, int[] green, int[] blue) {
    for (int i = 0; i < n; i++) {
      int across = x[i] >>> TO_WEIGHT & WEIGHT_MASK;
      int down = y[i] >>> TO_WEIGHT & WEIGHT_MASK;
      int both = across * down + WEIGHT / 2 >> WEIGHT_BITS;
      int at = (y[i] >>> FRACTION_BITS) * stride + (x[i] >>> FRACTION_BITS) * 3;
      long sums =
          lanes(source, at) * (WEIGHT - across - down + both)
              + lanes(source, at + 3) * (across - both)
              + lanes(source, at + stride) * (down - both)
              + lanes(source, at + stride + 3) * both;
      red[i] = (int) sums & LANE_MASK;
      green[i] = (int) (sums >>> LANE_BITS) & LANE_MASK;
      blue[i] = (int) (sums >>> 2 * LANE_BITS);
    }
  }

  /**
   * The three bytes of a pixel, {@link #LANE_BITS} apart, so that one multiplication covers all of
   * them.
   */
  private static long lanes(byte[] source, int at) {
    long pixel = (int) INTS.get(source, at);
    return pixel & 0xFF
        | (pixel & 0xFF00) << LANE_BITS - 8
        | (pixel & 0xFF0000) << 2 * LANE_BITS - 16;
  }

  private void inSteps(byte[] source, int n) {
    weight(n, x, y, wd);
    rest(n, y, wd, wc);
    rest(n, x, wd, wb);
    remainder(n, x, wc, wa);
    rows(n, y, stride);
    places(n, x, channels, y);
    gather(n, source, y, 0, a);
    gather(n, source, y, channels, b);
    gather(n, source, y, stride, c);
    gather(n, source, y, stride + channels, d);
    for (int channel = 0; channel < channels; channel++) {
      sum(n, 8 * channel, a, b, wa, wb, values[channel]);
      add(n, 8 * channel, c, d, wc, wd, values[channel]);
    }
  }

  private static void weight(int n, int[] x, int[] y, int[] weight) {
    for (int i = 0; i < n; i++) {
      weight[i] =
          (x[i] >>> TO_WEIGHT & WEIGHT_MASK) * (y[i] >>> TO_WEIGHT & WEIGHT_MASK) + WEIGHT / 2
              >> WEIGHT_BITS;
    }
  }

  private static void rest(int n, int[] at, int[] taken, int[] weight) {
    for (int i = 0; i < n; i++) {
      weight[i] = (at[i] >>> TO_WEIGHT & WEIGHT_MASK) - taken[i];
    }
  }

  private static void remainder(int n, int[] at, int[] taken, int[] weight) {
    for (int i = 0; i < n; i++) {
      weight[i] = WEIGHT - (at[i] >>> TO_WEIGHT & WEIGHT_MASK) - taken[i];
    }
  }

  /** Replaces the ordinates by the offsets of the pixels' rows. */
  private static void rows(int n, int[] y, int stride) {
    for (int i = 0; i < n; i++) {
      y[i] = (y[i] >>> FRACTION_BITS) * stride;
    }
  }

  private static void places(int n, int[] x, int channels, int[] rows) {
    for (int i = 0; i < n; i++) {
      rows[i] += (x[i] >>> FRACTION_BITS) * channels;
    }
  }

  private static void gather(int n, byte[] source, int[] places, int offset, int[] pixels) {
    for (int i = 0; i < n; i++) {
      pixels[i] = (int) INTS.get(source, places[i] + offset);
    }
  }

  private static void sum(int n, int shift, int[] a, int[] b, int[] wa, int[] wb, int[] sum) {
    for (int i = 0; i < n; i++) {
      sum[i] = (a[i] >>> shift & 0xFF) * wa[i] + (b[i] >>> shift & 0xFF) * wb[i];
    }
  }

  private static void add(int n, int shift, int[] a, int[] b, int[] wa, int[] wb, int[] sum) {
    for (int i = 0; i < n; i++) {
      sum[i] += (a[i] >>> shift & 0xFF) * wa[i] + (b[i] >>> shift & 0xFF) * wb[i];
    }
  }

  /**
   * Writes the results as rounded bytes.
   *
   * @param target receives 4 bytes at once for every pixel but the last
   */
  void write(int n, byte[] target, int at) {
    if (channels == 1) {
      int[] value = values[0];
      for (int i = 0; i < n; i++) {
        target[at + i] = (byte) (value[i] + WEIGHT / 2 >> WEIGHT_BITS);
      }
      return;
    }
    combine(n, values[0], values[1], values[2], a);
    pack(n, a, target, at);
  }

  private static void combine(int n, int[] red, int[] green, int[] blue, int[] pixels) {
    for (int i = 0; i < n; i++) {
      pixels[i] =
          red[i] + WEIGHT / 2 >>> WEIGHT_BITS
              | green[i] + WEIGHT / 2 >>> WEIGHT_BITS << 8
              | blue[i] + WEIGHT / 2 >>> WEIGHT_BITS << 16;
    }
  }

  /** Writes pixels of three bytes, four bytes at once; the next pixel overwrites the fourth. */
  static void pack(int n, int[] pixels, byte[] target, int at) {
    int to = at;
    int last = n - 1;
    for (int i = 0; i < last; i++) {
      INTS.set(target, to, pixels[i]);
      to += 3;
    }
    target[to] = (byte) pixels[last];
    target[to + 1] = (byte) (pixels[last] >>> 8);
    target[to + 2] = (byte) (pixels[last] >>> 16);
  }
}
