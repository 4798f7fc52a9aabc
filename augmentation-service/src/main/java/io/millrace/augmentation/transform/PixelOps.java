package io.millrace.augmentation.transform;

import java.util.Arrays;

/** All colour changes except {@link HsvJitter} and {@link GaussianBlurOp}. */
final class PixelOps {
  private PixelOps() {}

  /** Keras' brightness, which is Pillow's and truncates fractions before and after. */
  static final class Brightness implements PixelOp {
    private float factor;

    void set(double factor) {
      this.factor = (float) factor;
    }

    @Override
    public void apply(PixelPlanes tile, int height) {
      int n = tile.values();
      for (float[] plane : tile.planes) {
        for (int i = 0; i < n; i++) {
          int level = (int) plane[i] / PixelPlanes.UNIT;
          plane[i] = Math.min(255, (int) (factor * level)) * (float) PixelPlanes.UNIT;
        }
      }
    }
  }

  /** {@code a · v + b}, clipped to the levels. */
  static final class Linear implements PixelOp {
    private float factor;
    private float offset;

    /**
     * @param offset in levels
     */
    void set(double factor, double offset) {
      this.factor = (float) factor;
      this.offset = (float) (offset * PixelPlanes.UNIT);
    }

    @Override
    public void apply(PixelPlanes tile, int height) {
      for (float[] plane : tile.planes) {
        apply(plane, tile.values(), factor, offset);
      }
    }

    private static void apply(float[] plane, int n, float factor, float offset) {
      for (int i = 0; i < n; i++) {
        plane[i] = PixelPlanes.clip(factor * plane[i] + offset);
      }
    }
  }

  /**
   * Contrast of each channel about its own mean, clipped to the levels: {@code mean + f (v -
   * mean)}.
   */
  static final class Contrast implements PixelOp {
    private final float[] offsets;
    private float factor;

    Contrast(int channels) {
      offsets = new float[channels];
    }

    void set(double factor) {
      this.factor = (float) factor;
    }

    @Override
    public boolean needsMeans() {
      return true;
    }

    @Override
    public void means(double[] means) {
      for (int channel = 0; channel < offsets.length; channel++) {
        offsets[channel] = (float) (means[channel] * (1 - factor));
      }
    }

    @Override
    public void apply(PixelPlanes tile, int height) {
      for (int channel = 0; channel < offsets.length; channel++) {
        Linear.apply(tile.planes[channel], tile.values(), factor, offsets[channel]);
      }
    }
  }

  /** Adds a number and clips to the image's own range, like Keras. */
  static final class ChannelShift implements PixelOp {
    private float intensity;
    private float lowest;
    private float highest;

    /**
     * @param intensity in levels
     */
    void set(double intensity) {
      this.intensity = (float) (intensity * PixelPlanes.UNIT);
    }

    @Override
    public boolean needsRange() {
      return true;
    }

    @Override
    public void range(float lowest, float highest) {
      this.lowest = lowest;
      this.highest = highest;
    }

    @Override
    public void apply(PixelPlanes tile, int height) {
      int n = tile.values();
      for (float[] plane : tile.planes) {
        for (int i = 0; i < n; i++) {
          plane[i] = Math.max(lowest, Math.min(highest, plane[i] + intensity));
        }
      }
    }
  }

  /** Moves every colour towards its grey, or away from it: {@code grey + f (v - grey)}. */
  static final class Saturation implements PixelOp {
    private float factor;

    /**
     * @param factor 0 makes the image grey
     */
    void set(double factor) {
      this.factor = (float) factor;
    }

    @Override
    public void apply(PixelPlanes tile, int height) {
      if (tile.channels == 3) {
        apply(tile.planes[0], tile.planes[1], tile.planes[2], tile.values(), factor);
      }
    }

    private static void apply(float[] red, float[] green, float[] blue, int n, float factor) {
      for (int i = 0; i < n; i++) {
        float grey = 0.299f * red[i] + 0.587f * green[i] + 0.114f * blue[i];
        red[i] = clip(grey + factor * (red[i] - grey));
        green[i] = clip(grey + factor * (green[i] - grey));
        blue[i] = clip(grey + factor * (blue[i] - grey));
      }
    }
  }

  /** Clips exactly, whereas {@link PixelPlanes#clip} rounds once more. */
  private static float clip(float v) {
    return Math.max(0, Math.min(PixelPlanes.TOP, v));
  }

  /** Looks levels up in a table for each channel. */
  static final class Tables implements PixelOp {
    private final byte[][] tables;

    Tables(int channels) {
      tables = new byte[channels][256];
    }

    /** Keeps the highest bits. */
    void posterize(int bits) {
      for (byte[] table : tables) {
        for (int level = 0; level < 256; level++) {
          table[level] = (byte) (level >> 8 - bits << 8 - bits);
        }
      }
    }

    /** Inverts the levels from a threshold on. */
    void solarize(double threshold) {
      for (byte[] table : tables) {
        for (int level = 0; level < 256; level++) {
          table[level] = (byte) (level < threshold ? level : 255 - level);
        }
      }
    }

    /** Stretches a channel's range over all levels. */
    void stretch(int channel, int lowest, int highest) {
      for (int level = 0; level < 256; level++) {
        double stretched =
            highest <= lowest ? level : (level - lowest) * 255.0 / (highest - lowest);
        tables[channel][level] = (byte) Math.max(0, Math.min(255, (int) stretched));
      }
    }

    @Override
    public void apply(PixelPlanes tile, int height) {
      int n = tile.values();
      for (int channel = 0; channel < tile.channels; channel++) {
        float[] plane = tile.planes[channel];
        byte[] table = tables[channel];
        for (int i = 0; i < n; i++) {
          int level = (int) (plane[i] + PixelPlanes.UNIT / 2) / PixelPlanes.UNIT;
          plane[i] = (table[level] & 0xFF) * (float) PixelPlanes.UNIT;
        }
      }
    }
  }

  /** Adds normal noise; the numbers of a row depend only on the key and the row. */
  static final class Noise implements PixelOp {
    private static final int NUMBERS = Long.SIZE / NormalTable.BITS;
    private final SplitMix64 random = new SplitMix64();
    private long key;
    private float scale;

    /**
     * @param stddev in levels
     */
    void set(long key, double stddev) {
      this.key = key;
      this.scale = (float) (stddev * PixelPlanes.UNIT);
    }

    @Override
    public void apply(PixelPlanes tile, int height) {
      for (int row = 0; row < tile.rows; row++) {
        random.reset(SplitMix64.Use.PIXELS, key, tile.first + row, 0, 0);
        for (float[] plane : tile.planes) {
          add(plane, row * tile.width, tile.width);
        }
      }
      for (float[] plane : tile.planes) {
        clip(plane, tile.values());
      }
    }

    private void add(float[] plane, int from, int width) {
      int at = from;
      int end = from + width;
      while (at < end) {
        long bits = random.nextLong();
        int stop = Math.min(end, at + NUMBERS);
        for (; at < stop; at++) {
          plane[at] += scale * NormalTable.of(bits);
          bits >>>= NormalTable.BITS;
        }
      }
    }

    /** Separate from the drawing, so that it is vectorized. */
    private static void clip(float[] plane, int n) {
      for (int i = 0; i < n; i++) {
        plane[i] = PixelPlanes.clip(plane[i]);
      }
    }
  }

  /** Makes some pixels black and the same number white. */
  static final class SaltAndPepper implements PixelOp {
    private final SplitMix64 random = new SplitMix64();
    private long key;
    private long threshold;

    /**
     * @param amount share of the pixels
     */
    void set(long key, double amount) {
      this.key = key;
      this.threshold = (long) (amount * (1L << 32));
    }

    @Override
    public void apply(PixelPlanes tile, int height) {
      for (int row = 0; row < tile.rows; row++) {
        random.reset(SplitMix64.Use.PIXELS, key, tile.first + row, 0, 0);
        for (int column = 0; column < tile.width; column++) {
          long bits = random.nextLong();
          if ((bits >>> 32) < threshold) {
            for (float[] plane : tile.planes) {
              plane[row * tile.width + column] = (bits & 1) == 0 ? 0 : PixelPlanes.TOP;
            }
          }
        }
      }
    }
  }

  /** Fills a rectangle. */
  static final class Cutout implements PixelOp {
    private int top;
    private int left;
    private int bottom;
    private int right;
    private float value;

    /**
     * @param bottom exclusive
     * @param right exclusive
     * @param value in levels
     */
    void set(int top, int left, int bottom, int right, double value) {
      this.top = top;
      this.left = left;
      this.bottom = bottom;
      this.right = right;
      this.value = (float) (value * PixelPlanes.UNIT);
    }

    @Override
    public void apply(PixelPlanes tile, int height) {
      int from = Math.max(top, tile.first);
      int to = Math.min(bottom, tile.first + tile.rows);
      for (int row = from; row < to; row++) {
        int at = (row - tile.first) * tile.width;
        for (float[] plane : tile.planes) {
          Arrays.fill(plane, at + left, at + right, value);
        }
      }
    }
  }
}
