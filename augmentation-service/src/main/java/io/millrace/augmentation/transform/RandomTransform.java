package io.millrace.augmentation.transform;

import io.millrace.contracts.request.Augmentation;

/**
 * Draws the transforms of samples from the distributions that Keras' {@code ImageDataGenerator}
 * draws from. A sample's parameters are a function of (seed, epoch, sample) alone; all of them are
 * drawn always, in one order, so that switching one on leaves the others as they were.
 *
 * @param ranges what to draw from
 * @param height of the images in pixels
 * @param width of the images in pixels
 */
public record RandomTransform(Augmentation ranges, int height, int width) {

  /**
   * The transform of a sample.
   *
   * @param sample its index within the part, before the epoch's order is drawn
   */
  public TransformParameters draw(long seed, int epoch, int sample) {
    SplitMix64 random = SplitMix64.of(SplitMix64.Use.TRANSFORM, seed, epoch, sample);
    double theta = symmetric(random, ranges.rotationRange());
    double down = symmetric(random, ranges.heightShiftRange()) * height;
    double right = symmetric(random, ranges.widthShiftRange()) * width;
    double shear = symmetric(random, ranges.shearRange());
    double zx = random.uniform(ranges.zoomRange().lower(), ranges.zoomRange().upper());
    double zy = random.uniform(ranges.zoomRange().lower(), ranges.zoomRange().upper());
    boolean horizontal = random.nextDouble() < 0.5 && ranges.horizontalFlip();
    boolean vertical = random.nextDouble() < 0.5 && ranges.verticalFlip();
    return new TransformParameters(theta, right, down, shear, zx, zy, horizontal, vertical);
  }

  private static double symmetric(SplitMix64 random, double range) {
    return random.uniform(-range, range);
  }
}
