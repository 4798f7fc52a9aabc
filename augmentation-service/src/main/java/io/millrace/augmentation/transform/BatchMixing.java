package io.millrace.augmentation.transform;

import io.millrace.contracts.request.TransformSpec;

/**
 * Mixes the samples of a batch with one another by mixup or CutMix, as a function of (seed, epoch,
 * batch). A random permutation gives each sample a partner from the batch; it is mixed with the
 * unmixed partner.
 */
public final class BatchMixing {
  private final TransformSpec spec;
  private final double alpha;
  private final SplitMix64 random = new SplitMix64();

  /**
   * @param spec {@code mixup} or {@code cutmix}
   */
  public BatchMixing(TransformSpec spec) {
    this.spec = spec;
    this.alpha =
        spec instanceof TransformSpec.Mixup mixup
            ? mixup.alpha()
            : ((TransformSpec.Cutmix) spec).alpha();
  }

  /**
   * Mixes a batch in place.
   *
   * @param pixels unsigned bytes {@code [samples, height, width, channels]}, from {@code at}
   * @param before a copy of the pixels, from index 0
   * @param labels shares {@code [samples, classes]}, mixed in place
   */
  public void mix(
      long seed,
      int epoch,
      int batch,
      Shape shape,
      byte[] pixels,
      int at,
      byte[] before,
      float[] labels) {
    random.reset(
        SplitMix64.Use.MIX, seed, epoch, batch, spec instanceof TransformSpec.Mixup ? 0 : 1);
    int[] partner = SampleOrder.ascending(shape.samples);
    random.shuffle(partner);
    float[] unmixed = labels.clone();
    int classes = labels.length / shape.samples;
    for (int i = 0; i < shape.samples; i++) {
      boolean applies = random.happens(spec.p());
      double share = beta();
      int top = random.below(shape.height);
      int left = random.below(shape.width);
      if (applies) {
        int values = shape.height * shape.width * shape.channels;
        if (spec instanceof TransformSpec.Mixup) {
          blend(before, partner[i] * values, share, pixels, at + i * values, values);
        } else {
          share =
              1
                  - cut(
                      before,
                      partner[i] * values,
                      share,
                      top,
                      left,
                      shape,
                      pixels,
                      at + i * values);
        }
        for (int c = 0; c < classes; c++) {
          labels[i * classes + c] =
              (float)
                  (share * unmixed[i * classes + c]
                      + (1 - share) * unmixed[partner[i] * classes + c]);
        }
      }
    }
  }

  /** The shape of a batch. */
  public record Shape(int samples, int height, int width, int channels) {}

  private static void blend(
      byte[] before, int partner, double share, byte[] pixels, int at, int values) {
    int weight = (int) Math.rint(share * 65_536);
    for (int i = 0; i < values; i++) {
      int mixed =
          weight * (pixels[at + i] & 0xFF) + (65_536 - weight) * (before[partner + i] & 0xFF);
      pixels[at + i] = (byte) (mixed + 32_768 >>> 16);
    }
  }

  /** Copies the partner's rectangle around a centre and returns its share of the image's area. */
  private static double cut(
      byte[] before,
      int partner,
      double share,
      int centreRow,
      int centreColumn,
      Shape shape,
      byte[] pixels,
      int at) {
    double side = Math.sqrt(1 - share);
    int rows = (int) (shape.height * side);
    int columns = (int) (shape.width * side);
    int top = Math.max(0, centreRow - rows / 2);
    int bottom = Math.min(shape.height, centreRow - rows / 2 + rows);
    int left = Math.max(0, centreColumn - columns / 2);
    int right = Math.min(shape.width, centreColumn - columns / 2 + columns);
    for (int row = top; row < bottom; row++) {
      int from = (row * shape.width + left) * shape.channels;
      System.arraycopy(
          before, partner + from, pixels, at + from, Math.max(0, right - left) * shape.channels);
    }
    double area = (double) Math.max(0, bottom - top) * Math.max(0, right - left);
    return area / (shape.height * shape.width);
  }

  /** Draws from Beta(alpha, alpha): the share of the first of two gamma numbers. */
  private double beta() {
    double first = gamma();
    double second = gamma();
    return first + second == 0 ? 0.5 : first / (first + second);
  }

  /** Draws a gamma number (Marsaglia and Tsang 2000); below 1 from {@code alpha + 1}. */
  private double gamma() {
    double shape = alpha < 1 ? alpha + 1 : alpha;
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double x = random.nextNormal();
      double v = 1 + c * x;
      double u = random.nextDouble();
      v = v * v * v;
      if (v > 0 && StrictMath.log(u) < 0.5 * x * x + d - d * v + d * StrictMath.log(v)) {
        return alpha < 1 ? d * v * StrictMath.pow(random.nextDouble(), 1 / alpha) : d * v;
      }
    }
  }
}
