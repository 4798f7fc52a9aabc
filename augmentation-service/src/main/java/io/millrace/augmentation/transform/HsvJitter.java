package io.millrace.augmentation.transform;

/**
 * Shifts hue and scales saturation and value, in HSV. With {@code M} the largest channel, {@code C}
 * the distance to the smallest one, {@code V = min(v M, 1)} and {@code D = max(M / s, C)}, a
 * channel becomes {@code V - V/D · gap}. The gap is the distance of the channel below the largest
 * one after the hue shift: 0 within a sixth of the colour circle around the channel's own hue,
 * {@code C} from a third on, linear between. There is no division by a hue.
 *
 * <p>The loops are branchless: {@code max(a, b) = a + ((b-a) + |b-a|) / 2}, which is exact if
 * {@code a} is larger. Loops of more than about fifty operations would not be vectorized.
 */
final class HsvJitter implements PixelOp {
  /** Prevents a division 0/0. */
  private static final float TINY = 1e-3f;

  private float hue;
  private float saturation;
  private float value;

  /**
   * Sets the parameters that were drawn.
   *
   * @param hue the shift as a share of the colour circle, -0.5..0.5
   * @param saturation factor
   * @param value factor
   */
  void set(double hue, double saturation, double value) {
    this.hue = (float) (6 * hue);
    this.saturation = (float) (1 / Math.max(saturation, 1e-6));
    this.value = (float) value;
  }

  @Override
  public void apply(PixelPlanes tile, int height) {
    int n = tile.values();
    if (tile.channels == 1) {
      grey(n, tile.planes[0]);
      return;
    }
    float[] red = tile.planes[0];
    float[] green = tile.planes[1];
    float[] blue = tile.planes[2];
    float[] chroma = tile.scratch(0);
    float[] place = tile.scratch(1);
    float[] slope = tile.scratch(2);
    float[] largest = tile.scratch(3);
    extremes(n, red, green, blue, largest, chroma);
    dominance(n, red, largest, place);
    dominance(n, green, largest, slope);
    hues(n, red, green, blue, chroma, hue, place, slope);
    values(n, value, saturation, largest, chroma, slope);
    channel(n, 0, place, chroma, largest, slope, red);
    channel(n, 2, place, chroma, largest, slope, green);
    channel(n, 4, place, chroma, largest, slope, blue);
  }

  private void grey(int n, float[] plane) {
    for (int i = 0; i < n; i++) {
      plane[i] = Math.min(PixelPlanes.TOP, value * plane[i]);
    }
  }

  private static void extremes(
      int n, float[] red, float[] green, float[] blue, float[] largest, float[] chroma) {
    for (int i = 0; i < n; i++) {
      float r = red[i];
      float g = green[i];
      float b = blue[i];
      float gb = Math.abs(g - b);
      float high = 0.5f * (g + b + gb) - r;
      float low = r - 0.5f * (g + b - gb);
      float max = r + 0.5f * (high + Math.abs(high));
      largest[i] = max;
      chroma[i] = max - r + 0.5f * (low + Math.abs(low));
    }
  }

  /**
   * The weight of a channel as the largest one: 1 if it is the largest, 0 if it is at least two
   * units below.
   */
  private static void dominance(int n, float[] channel, float[] largest, float[] dominance) {
    for (int i = 0; i < n; i++) {
      float below = largest[i] - channel[i];
      dominance[i] = 0.5f * (Math.abs(2 - below) - Math.abs(1 - below) + 1);
    }
  }

  /** The position on a colour circle of circumference {@code 6 C} after the shift, -4 C..8 C. */
  private static void hues(
      int n,
      float[] red,
      float[] green,
      float[] blue,
      float[] chroma,
      float shift,
      float[] place,
      float[] isGreen) {
    for (int i = 0; i < n; i++) {
      float r = red[i];
      float g = green[i];
      float b = blue[i];
      float c = chroma[i];
      float isRed = place[i];
      float asBlue = r - g + 4 * c;
      float asGreen = asBlue + isGreen[i] * (b - r + 2 * c - asBlue);
      place[i] = asGreen + isRed * (g - b - asGreen) + shift * c;
    }
  }

  /**
   * Replaces the largest channel by the new value, and computes the decrease for half a unit of a
   * gap.
   */
  private static void values(
      int n, float scale, float inverse, float[] largest, float[] chroma, float[] slope) {
    for (int i = 0; i < n; i++) {
      float max = largest[i];
      float c = chroma[i];
      float v = scale * max;
      v = 0.5f * (v + PixelPlanes.TOP - Math.abs(v - PixelPlanes.TOP));
      float over = max * inverse - c;
      slope[i] = 0.5f * v / (c + 0.5f * (over + Math.abs(over)) + TINY);
      largest[i] = v;
    }
  }

  private static void channel(
      int n,
      float hue,
      float[] place,
      float[] chroma,
      float[] value,
      float[] slope,
      float[] channel) {
    for (int i = 0; i < n; i++) {
      float c = chroma[i];
      float third = 3 * c;
      // The distance on the circle, 0..3 C.
      float distance = Math.abs(third - Math.abs(third - Math.abs(place[i] - hue * c)));
      float twiceGap = Math.abs(distance - c) - Math.abs(distance - c - c) + c;
      channel[i] = value[i] - slope[i] * twiceGap;
    }
  }
}
