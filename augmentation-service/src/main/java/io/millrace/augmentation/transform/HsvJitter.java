package io.millrace.augmentation.transform;

/**
 * Shifts hue and scales saturation and value, in HSV. With {@code M} the largest channel, {@code C}
 * the distance to the smallest one, {@code V = min(v M, 1)} and {@code D = max(M / s, C)}, a
 * channel becomes {@code V - V/D · gap}, where the gap is how far the channel lies below the
 * largest one after the hue is shifted: nothing within a sixth of the colour circle around the
 * channel's own hue, {@code C} from a third on, linear between. No hue is ever divided by.
 *
 * <p>The loops are branchless: {@code max(a, b) = a + ((b-a) + |b-a|) / 2}, which is exact where
 * {@code a} is the larger one. What they need beyond about fifty operations each would not be
 * vectorized.
 */
final class HsvJitter implements PixelOp {
  /** Keeps a division from 0/0. */
  private static final float TINY = 1e-3f;

  private float hue;
  private float saturation;
  private float value;

  /**
   * Draws are done.
   *
   * @param hue share of the colour circle that is added, -0.5..0.5
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

  /** How much a channel is the largest one: 1 if it is, 0 where it is two units or more below. */
  private static void dominance(int n, float[] channel, float[] largest, float[] dominance) {
    for (int i = 0; i < n; i++) {
      float below = largest[i] - channel[i];
      dominance[i] = 0.5f * (Math.abs(2 - below) - Math.abs(1 - below) + 1);
    }
  }

  /** The place on a colour circle of circumference {@code 6 C}, -4 C..8 C, after the shift. */
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
   * The new value in the place of the largest channel, and what half a unit of a gap takes away.
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
