package io.millrace.augmentation.transform;

import io.millrace.contracts.request.FillMode;

/**
 * Samples rows of a transformed 8-bit image, nearest or bilinear, like {@code scipy.ndimage}.
 *
 * <p>Coordinates start at the centre of the first pixel. Under an affine map they are linear along
 * a row: the run of columns whose source is inside the image is computed first, and only the
 * columns outside are handled separately.
 */
final class ImageSampler {
  private static final double ONE = 1 << BilinearKernel.FRACTION_BITS;

  /** Pixels sampled at a time; their intermediate results fit into a core's L1 cache. */
  private static final int BAND_PIXELS = 512;

  /** Far outside every image, and far from an overflow. */
  private static final double FARTHEST = 1e6;

  private final int height;
  private final int width;
  private final int channels;
  private final FillMode fillMode;
  private final boolean bilinear;
  private final int fill;
  private final int band;
  private final byte[] source;
  private final BilinearKernel kernel;

  /** The pixels of the current band that are {@code cval}. */
  private final int[] filled;

  private int filledPixels;

  // The source of the current row's first column, and the step per column.
  private long x;
  private long y;
  private long dx;
  private long dy;
  private final int[] xRun = new int[2];
  private final int[] yRun = new int[2];

  // The map of the current image, in pixels from the centre of the first one.
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
   * @param height 1..4,096
   * @param width 1..4,096
   * @param channels 1 or 3
   * @param cval the value outside the image with {@link FillMode#CONSTANT}
   * @param order 0 nearest, 1 bilinear
   */
  ImageSampler(int height, int width, int channels, FillMode fillMode, double cval, int order) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.fillMode = fillMode;
    this.bilinear = order == 1;
    this.fill = (int) Math.round(cval * PixelPlanes.UNIT);
    this.band = Math.max(1, BAND_PIXELS / width);
    this.source = new byte[height * width * channels + BilinearKernel.padding(width, channels)];
    this.kernel = new BilinearKernel(band * width, width, channels);
    this.filled = new int[band * width];
  }

  /**
   * Loads an image.
   *
   * @param image unsigned bytes {@code [height, width, channels]}, from index 0
   */
  void load(byte[] image) {
    System.arraycopy(image, 0, source, 0, height * width * channels);
  }

  /**
   * Sets the map for the image.
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

  /** Writes the rows {@code from..to-1} of the result as bytes. */
  void rows(int from, int to, byte[] target, int at) {
    if (copies) {
      int stride = width * channels;
      System.arraycopy(source, from * stride, target, at, (to - from) * stride);
      return;
    }
    for (int row = from; row < to; row += band) {
      int pixels = sample(row, Math.min(to, row + band));
      kernel.write(pixels, target, at + (row - from) * width * channels);
    }
  }

  /** Writes the rows {@code from..to-1} of the result into planes, in units of a level's 1/4096. */
  void rows(int from, int to, float[][] planes, int at) {
    for (int row = from; row < to; row += band) {
      int start = at + (row - from) * width;
      if (copies) {
        copy(row, Math.min(to, row + band), planes, start);
      } else {
        int pixels = sample(row, Math.min(to, row + band));
        for (int channel = 0; channel < channels; channel++) {
          convert(kernel.values[channel], pixels, planes[channel], start);
        }
      }
    }
  }

  private void copy(int from, int to, float[][] planes, int at) {
    for (int channel = 0; channel < channels; channel++) {
      float[] plane = planes[channel];
      int place = from * width * channels + channel;
      for (int i = 0; i < (to - from) * width; i++) {
        plane[at + i] = (source[place] & 0xFF) * PixelPlanes.UNIT;
        place += channels;
      }
    }
  }

  private static void convert(int[] values, int n, float[] plane, int at) {
    for (int i = 0; i < n; i++) {
      plane[at + i] = values[i];
    }
  }

  /** Samples the rows of a band and returns the number of pixels. */
  private int sample(int from, int to) {
    filledPixels = 0;
    for (int row = from; row < to; row++) {
      int at = (row - from) * width;
      if (field == null && map.isAffine()) {
        affine(row, at);
      } else {
        general(row, at);
      }
    }
    int pixels = (to - from) * width;
    kernel.run(source, pixels);
    for (int i = 0; i < filledPixels; i++) {
      for (int[] values : kernel.values) {
        values[filled[i]] = fill;
      }
    }
    return pixels;
  }

  private void affine(int row, int at) {
    double left = xByRow * row + xOffset;
    double top = yByRow * row + yOffset;
    if (!bilinear || Math.abs(left) > FARTHEST || Math.abs(top) > FARTHEST) {
      pixels(left, top, 0, width, at);
      return;
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
    if (fillMode == FillMode.NEAREST) {
      nearest(kernel.x, x, dx, width, xRun, at);
      nearest(kernel.y, y, dy, height, yRun, at);
    } else {
      pixels(left, top, 0, start, at);
      kernel.line(kernel.x, at + start, at + end, x + start * dx, dx);
      kernel.line(kernel.y, at + start, at + end, y + start * dy, dy);
      pixels(left, top, end, width, at);
    }
  }

  /** Computes coordinates along a row, clamped to the border. */
  private void nearest(int[] coordinates, long first, long step, int size, int[] run, int at) {
    long last = (long) (size - 1) << BilinearKernel.FRACTION_BITS;
    int start = run[0];
    int end = Math.max(start, run[1]);
    kernel.line(coordinates, at, at + start, first < 0 ? 0 : last, 0);
    kernel.line(coordinates, at + start, at + end, first + start * step, step);
    long behind = first + end * step;
    kernel.line(coordinates, at + end, at + width, behind < 0 ? 0 : last, 0);
  }

  /**
   * Computes the run of columns whose coordinate is inside the image: estimated in floating point,
   * then corrected with the fixed-point numbers used for sampling. An empty run is at the row's
   * end.
   */
  private void run(long at, long step, double steps, int size, int[] run) {
    long last = (long) (size - 1) << BilinearKernel.FRACTION_BITS;
    if (step == 0) {
      run[0] = isWithin(at, last) ? 0 : width;
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
    run[0] = start < stop ? start : width;
    run[1] = start < stop ? stop : width;
  }

  private int column(double place) {
    return (int) Math.max(0, Math.min(width - 1, place));
  }

  private static boolean isWithin(long at, long last) {
    return at >= 0 && at <= last;
  }

  /** Samples columns of a row under an affine map, one by one. */
  private void pixels(double left, double top, int start, int end, int at) {
    for (int i = start; i < end; i++) {
      pixel(top + yByColumn * i, left + xByColumn * i, at + i);
    }
  }

  /** Samples a row under any map. */
  private void general(int row, int at) {
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
      pixel(bounded(fromY), bounded(fromX), at + i);
    }
  }

  private static double bounded(double at) {
    return at > -FARTHEST && at < FARTHEST ? at : at < 0 ? -FARTHEST : FARTHEST;
  }

  private void pixel(double row, double column, int at) {
    double y = Border.inside(fillMode, row, height);
    double x = Border.inside(fillMode, column, width);
    if (y == Border.OUTSIDE || x == Border.OUTSIDE) {
      filled[filledPixels++] = at;
      kernel.x[at] = 0;
      kernel.y[at] = 0;
    } else {
      kernel.x[at] = coordinate(x, width);
      kernel.y[at] = coordinate(y, height);
    }
  }

  private int coordinate(double at, int size) {
    double whole = bilinear ? at : Math.floor(at + 0.5);
    return (int) (long) (Math.max(0, Math.min(size - 1, whole)) * ONE);
  }

  /** The mean grey of the loaded image, 0..255, with the weights of ITU-R BT.601. */
  double meanGrey() {
    int pixels = height * width;
    if (channels == 1) {
      return sum(0) / (double) pixels;
    }
    return (0.299 * sum(0) + 0.587 * sum(1) + 0.114 * sum(2)) / pixels;
  }

  private long sum(int channel) {
    long sum = 0;
    for (int i = channel; i < height * width * channels; i += channels) {
      sum += source[i] & 0xFF;
    }
    return sum;
  }

  /** The smallest and largest value of a channel of the loaded image. */
  void range(int channel, int[] range) {
    range[0] = 255;
    range[1] = 0;
    for (int i = channel; i < height * width * channels; i += channels) {
      int value = source[i] & 0xFF;
      range[0] = Math.min(range[0], value);
      range[1] = Math.max(range[1], value);
    }
  }
}
