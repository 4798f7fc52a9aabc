package io.millrace.augmentation.transform;

import io.millrace.contracts.request.FillMode;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Samples rows of a transformed 8-bit image, nearest or bilinear, as {@code scipy.ndimage} does,
 * with weights of 12 bits.
 *
 * <p>A pixel travels as the three lanes of 21 bits of a {@code long}, so that one multiplication
 * weighs all of its channels. Coordinates are fixed-point numbers with 32 bits behind the point,
 * from the centre of the first pixel. Along a row they are linear under an affine map: the run of
 * columns whose four neighbours all lie in the image is found beforehand and sampled without any
 * test.
 */
final class ImageSampler {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int LANE = 21;
  private static final int WEIGHT_BITS = 12;
  private static final int WEIGHT = 1 << WEIGHT_BITS;
  private static final int MASK = (1 << LANE) - 1;
  private static final long HALF = (WEIGHT / 2) * (1L | 1L << LANE | 1L << 2 * LANE);
  private static final double ONE = 4294967296.0;

  /** Far outside of every image, and far from an overflow. */
  private static final double FARTHEST = 1e6;

  private final int height;
  private final int width;
  private final int channels;
  private final FillMode fillMode;
  private final boolean bilinear;
  private final long fill;

  /** The source's pixels, and a row and a pixel more, whose weights are always 0. */
  private final long[] source;

  private final long[] lanes;

  // The row in hand: where its first column comes from, and what a column adds.
  private long x;
  private long y;
  private long dx;
  private long dy;
  private int insideEnd;
  private final int[] xRun = new int[2];
  private final int[] yRun = new int[2];

  // The map of the image in hand, in pixels from the first one's centre.
  private GeometricMap map;
  private ElasticField field;
  private boolean copies;
  private double xByColumn;
  private double xByRow;
  private double xOffset;
  private double yByColumn;
  private double yByRow;
  private double yOffset;

  /**
   * @param channels 1 or 3
   * @param cval what stands outside under {@link FillMode#CONSTANT}
   * @param order 0 nearest, 1 bilinear
   */
  ImageSampler(int height, int width, int channels, FillMode fillMode, double cval, int order) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.fillMode = fillMode;
    this.bilinear = order == 1;
    this.source = new long[(height + 1) * width + 2];
    this.lanes = new long[width];
    long value = Math.round(cval * WEIGHT);
    this.fill = channels == 1 ? value : value | value << LANE | value << 2 * LANE;
  }

  /**
   * Takes an image.
   *
   * @param image unsigned bytes {@code [height, width, channels]}, from index 0
   */
  void load(byte[] image) {
    if (channels == 1) {
      for (int i = 0; i < height * width; i++) {
        source[i] = image[i] & 0xFF;
      }
    } else {
      spread(image, source, height * width);
    }
  }

  /**
   * Takes the map by which the image is to be sampled.
   *
   * @param elastic displacements of the result's pixels; null for none
   */
  void use(GeometricMap geometry, ElasticField elastic) {
    map = geometry;
    field = elastic;
    copies = field == null && map.isIdentity();
    double centreX = width / 2.0 - 0.5;
    double centreY = height / 2.0 - 0.5;
    xByColumn = map.at(0, 0);
    xByRow = map.at(0, 1);
    xOffset = centreX - (xByColumn * centreX + xByRow * centreY) + map.at(0, 2);
    yByColumn = map.at(1, 0);
    yByRow = map.at(1, 1);
    yOffset = centreY - (yByColumn * centreX + yByRow * centreY) + map.at(1, 2);
    dx = (long) Math.rint(bounded(xByColumn) * ONE);
    dy = (long) Math.rint(bounded(yByColumn) * ONE);
  }

  /** Three bytes a pixel into three lanes. */
  private static void spread(byte[] image, long[] source, int pixels) {
    int from = 0;
    for (int i = 0; i < pixels; i++) {
      source[i] =
          image[from] & 0xFF
              | (long) (image[from + 1] & 0xFF) << LANE
              | (long) (image[from + 2] & 0xFF) << 2 * LANE;
      from += 3;
    }
  }

  /** Writes a row of the result as bytes. */
  void row(int row, byte[] target, int at) {
    int inside = sample(row);
    if (channels == 1) {
      for (int i = 0; i < width; i++) {
        target[at + i] = (byte) (lanes[i] + WEIGHT / 2 >>> WEIGHT_BITS);
      }
      return;
    }
    pack(lanes, 0, inside, target, at);
    pack(source, width, x, y, dx, dy, inside, insideEnd, target, at);
    pack(lanes, insideEnd, width, target, at);
  }

  private static void pack(long[] lanes, int start, int end, byte[] target, int at) {
    int to = at + 3 * start;
    for (int i = start; i < end; i++) {
      pack(lanes[i] + HALF, target, to);
      to += 3;
    }
  }

  private static void pack(
      long[] source,
      int width,
      long left,
      long top,
      long dx,
      long dy,
      int start,
      int end,
      byte[] target,
      int at) {
    long x = left + start * dx;
    long y = top + start * dy;
    int to = at + 3 * start;
    // Four bytes at once, the fourth of which the next pixel writes over; the last one by itself.
    for (int i = start; i < end - 1; i++) {
      long pixel = bilinear(source, width, x, y) + HALF;
      INTS.set(
          target,
          to,
          (int) (pixel >>> WEIGHT_BITS) & 0xFF
              | (int) (pixel >>> WEIGHT_BITS + LANE - 8) & 0xFF00
              | (int) (pixel >>> WEIGHT_BITS + 2 * LANE - 16) & 0xFF0000);
      to += 3;
      x += dx;
      y += dy;
    }
    if (start < end) {
      pack(bilinear(source, width, x, y) + HALF, target, to);
    }
  }

  private static void pack(long pixel, byte[] target, int to) {
    target[to] = (byte) (pixel >>> WEIGHT_BITS);
    target[to + 1] = (byte) (pixel >>> WEIGHT_BITS + LANE);
    target[to + 2] = (byte) (pixel >>> WEIGHT_BITS + 2 * LANE);
  }

  /** Writes a row of the result into planes, in units of {@code 1/4096} of a level. */
  void row(int row, float[][] planes, int at) {
    int inside = sample(row);
    if (channels == 1) {
      float[] plane = planes[0];
      for (int i = 0; i < width; i++) {
        plane[at + i] = (int) lanes[i];
      }
      return;
    }
    part(lanes, 0, inside, planes[0], planes[1], planes[2], at);
    part(source, width, x, y, dx, dy, inside, insideEnd, planes[0], planes[1], planes[2], at);
    part(lanes, insideEnd, width, planes[0], planes[1], planes[2], at);
  }

  private static void part(
      long[] lanes, int start, int end, float[] red, float[] green, float[] blue, int at) {
    for (int i = start; i < end; i++) {
      long pixel = lanes[i];
      red[at + i] = (int) pixel & MASK;
      green[at + i] = (int) (pixel >>> LANE) & MASK;
      blue[at + i] = (int) (pixel >>> 2 * LANE);
    }
  }

  private static void part(
      long[] source,
      int width,
      long left,
      long top,
      long dx,
      long dy,
      int start,
      int end,
      float[] red,
      float[] green,
      float[] blue,
      int at) {
    long x = left + start * dx;
    long y = top + start * dy;
    for (int i = start; i < end; i++) {
      long pixel = bilinear(source, width, x, y);
      red[at + i] = (int) pixel & MASK;
      green[at + i] = (int) (pixel >>> LANE) & MASK;
      blue[at + i] = (int) (pixel >>> 2 * LANE);
      x += dx;
      y += dy;
    }
  }

  /** The pixel at a place whose four neighbours lie in the image. */
  private static long bilinear(long[] source, int width, long x, long y) {
    int right = (int) (x >>> 20) & 0xFFF;
    int lower = (int) (y >>> 20) & 0xFFF;
    int at = (int) (y >> 32) * width + (int) (x >> 32);
    int w11 = right * lower + WEIGHT / 2 >> WEIGHT_BITS;
    int w10 = lower - w11;
    int w01 = right - w11;
    int w00 = WEIGHT - right - w10;
    return source[at] * w00
        + source[at + 1] * w01
        + source[at + width] * w10
        + source[at + width + 1] * w11;
  }

  /**
   * Samples a row but for the run of columns from the result to {@link #insideEnd}, which is left
   * to be sampled without any test.
   */
  private int sample(int row) {
    if (copies) {
      int from = row * width;
      for (int i = 0; i < width; i++) {
        lanes[i] = source[from + i] << WEIGHT_BITS;
      }
    } else if (field == null && map.isAffine()) {
      return affine(row);
    } else {
      general(row);
    }
    insideEnd = width;
    return width;
  }

  private int affine(int row) {
    double left = xByRow * row + xOffset;
    double top = yByRow * row + yOffset;
    insideEnd = width;
    if (!bilinear || Math.abs(left) > FARTHEST || Math.abs(top) > FARTHEST) {
      pixels(left, top, 0, width);
      return width;
    }
    x = (long) Math.rint(left * ONE);
    y = (long) Math.rint(top * ONE);
    run(x, dx, 1.0 / dx, width, xRun);
    run(y, dy, 1.0 / dy, height, yRun);
    int start = Math.max(xRun[0], yRun[0]);
    int end = Math.min(xRun[1], yRun[1]);
    if (start >= end) {
      start = width;
      end = width;
    }
    outside(left, top, 0, start);
    outside(left, top, end, width);
    if (channels == 1) {
      for (int i = start; i < end; i++) {
        lanes[i] = bilinear(source, width, x + i * dx, y + i * dy);
      }
      return width;
    }
    insideEnd = end;
    return start;
  }

  /**
   * The run of columns whose coordinate, and the next pixel's, lie in the image: found by floating
   * point, settled by the fixed-point numbers that are sampled by.
   */
  private void run(long at, long step, double steps, int size, int[] run) {
    long last = ((long) (size - 1) << 32) - 1;
    if (step == 0) {
      run[0] = at >= 0 && at <= last ? 0 : width;
      run[1] = width;
      return;
    }
    double zero = -at * steps;
    double end = (last - at) * steps;
    int start = column(Math.min(zero, end));
    int stop = column(Math.max(zero, end)) + 1;
    while (start > 0 && isWithin(at + (start - 1) * step, last)) {
      start--;
    }
    while (start < width && start < stop && !isWithin(at + start * step, last)) {
      start++;
    }
    while (stop < width && isWithin(at + stop * step, last)) {
      stop++;
    }
    while (stop > start && !isWithin(at + (stop - 1) * step, last)) {
      stop--;
    }
    run[0] = start;
    run[1] = stop;
  }

  private int column(double place) {
    return (int) Math.max(0, Math.min(width - 1, place));
  }

  private static boolean isWithin(long at, long last) {
    return at >= 0 && at <= last;
  }

  /**
   * Columns some of whose neighbours lie outside. Under {@code nearest} the border goes on
   * outwards, so that beyond a side only the other axis is interpolated along, and beyond a corner
   * none.
   */
  private void outside(double left, double top, int from, int to) {
    if (fillMode != FillMode.NEAREST) {
      pixels(left, top, from, to);
      return;
    }
    int start = from;
    while (start < to) {
      boolean xInside = start >= xRun[0] && start < xRun[1];
      boolean yInside = start >= yRun[0] && start < yRun[1];
      int end = Math.min(next(xRun, start, to), next(yRun, start, to));
      long atX = x + start * dx;
      long atY = y + start * dy;
      int column = xInside ? 0 : atX < 0 ? 0 : width - 1;
      int row = yInside ? 0 : atY < 0 ? 0 : height - 1;
      if (yInside) {
        along(column, width, atY, dy, start, end);
      } else if (xInside) {
        along(row * width, 1, atX, dx, start, end);
      } else {
        Arrays.fill(lanes, start, end, source[row * width + column] << WEIGHT_BITS);
      }
      start = end;
    }
  }

  /** Where a run begins or ends next. */
  private static int next(int[] run, int start, int to) {
    int end = run[0] < run[1] && run[0] > start ? run[0] : to;
    return run[1] > start && run[1] < end ? run[1] : end;
  }

  /** Interpolates along one axis: {@code step} pixels from one to the next. */
  private void along(int offset, int step, long place, long by, int start, int end) {
    long at = place;
    for (int i = start; i < end; i++) {
      int weight = (int) (at >>> 20) & 0xFFF;
      int from = offset + (int) (at >> 32) * step;
      lanes[i] = source[from] * (WEIGHT - weight) + source[from + step] * weight;
      at += by;
    }
  }

  private void pixels(double left, double top, int start, int end) {
    for (int i = start; i < end; i++) {
      lanes[i] = pixel(top + yByColumn * i, left + xByColumn * i);
    }
  }

  /** Any map: each pixel's coordinates by themselves. */
  private void general(int row) {
    double centreX = width / 2.0 - 0.5;
    double centreY = height / 2.0 - 0.5;
    if (field != null) {
      field.row(row);
    }
    for (int i = 0; i < width; i++) {
      double x = i - centreX;
      double y = row - centreY;
      if (field != null) {
        field.column(i);
        x += field.right();
        y += field.down();
      }
      double depth = map.at(2, 0) * x + map.at(2, 1) * y + map.at(2, 2);
      double fromX = (map.at(0, 0) * x + map.at(0, 1) * y + map.at(0, 2)) / depth + centreX;
      double fromY = (map.at(1, 0) * x + map.at(1, 1) * y + map.at(1, 2)) / depth + centreY;
      lanes[i] = pixel(bounded(fromY), bounded(fromX));
    }
  }

  private static double bounded(double at) {
    return at > -FARTHEST && at < FARTHEST ? at : at < 0 ? -FARTHEST : FARTHEST;
  }

  private long pixel(double row, double column) {
    double y = Border.inside(fillMode, row, height);
    double x = Border.inside(fillMode, column, width);
    if (y == Border.OUTSIDE || x == Border.OUTSIDE) {
      return fill;
    }
    if (!bilinear) {
      return source[place((int) Math.floor(y + 0.5), (int) Math.floor(x + 0.5))] << WEIGHT_BITS;
    }
    int top = (int) Math.floor(y);
    int left = (int) Math.floor(x);
    int right = (int) ((x - left) * WEIGHT);
    int lower = (int) ((y - top) * WEIGHT);
    int w11 = right * lower + WEIGHT / 2 >> WEIGHT_BITS;
    int w10 = lower - w11;
    int w01 = right - w11;
    return source[place(top, left)] * (WEIGHT - right - w10)
        + source[place(top, left + 1)] * w01
        + source[place(top + 1, left)] * w10
        + source[place(top + 1, left + 1)] * w11;
  }

  /** Where a pixel lies; one beyond the border (whose weight is 0, or its twin's) is the border. */
  private int place(int row, int column) {
    return Math.max(0, Math.min(height - 1, row)) * width
        + Math.max(0, Math.min(width - 1, column));
  }

  /** Mean grey of the image that was taken, 0..255, by ITU-R BT.601's weights. */
  double meanGrey() {
    long red = 0;
    long green = 0;
    long blue = 0;
    int pixels = height * width;
    for (int i = 0; i < pixels; i++) {
      red += source[i] & 0xFF;
      green += source[i] >>> LANE & 0xFF;
      blue += source[i] >>> 2 * LANE;
    }
    return (channels == 1 ? red : 0.299 * red + 0.587 * green + 0.114 * blue) / pixels;
  }

  /** The smallest and the largest value of a channel of the image that was taken. */
  void range(int channel, int[] range) {
    range[0] = 255;
    range[1] = 0;
    for (int i = 0; i < height * width; i++) {
      int value = (int) (source[i] >>> channel * LANE) & 0xFF;
      range[0] = Math.min(range[0], value);
      range[1] = Math.max(range[1], value);
    }
  }
}
