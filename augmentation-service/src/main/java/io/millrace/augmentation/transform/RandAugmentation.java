package io.millrace.augmentation.transform;

import io.millrace.contracts.request.TransformSpec;

/**
 * RandAugment (Cubuk et al. 2019). The full strength is 30: rotation by 30 degrees, shear by 0.3,
 * shift by 0.45 of the size, brightness, contrast and saturation by a factor of 0.1 or 1.9, 4 bits
 * kept, all levels inverted. Directions are random. Contrast uses the mean grey and autocontrast
 * the channel ranges of the sample's image before its transforms.
 */
final class RandAugmentation {
  private static final int OPERATIONS = 12;

  private final TransformSpec.RandAugment spec;
  private final int height;
  private final int width;
  private final int channels;
  private final PixelOps.Linear[] linear;
  private final PixelOps.Saturation[] saturation;
  private final PixelOps.Tables[] tables;
  private final int[] range = new int[2];

  RandAugmentation(TransformSpec.RandAugment spec, int height, int width, int channels) {
    this.spec = spec;
    this.height = height;
    this.width = width;
    this.channels = channels;
    linear = new PixelOps.Linear[spec.n()];
    saturation = new PixelOps.Saturation[spec.n()];
    tables = new PixelOps.Tables[spec.n()];
    for (int i = 0; i < spec.n(); i++) {
      linear[i] = new PixelOps.Linear();
      saturation[i] = new PixelOps.Saturation();
      tables[i] = new PixelOps.Tables(channels);
    }
  }

  void draw(SplitMix64 random, SamplePlan plan) {
    double strength = spec.m() / 30.0;
    for (int i = 0; i < spec.n(); i++) {
      int operation = random.below(OPERATIONS);
      double signed = random.nextDouble() < 0.5 ? -strength : strength;
      switch (operation) {
        case 1 -> plan.map.rotate(30 * signed);
        case 2 -> plan.map.append(1, 0.3 * signed, 0, 0, 1, 0);
        case 3 -> plan.map.append(1, 0, 0, 0.3 * signed, 1, 0);
        case 4 -> plan.map.shift(0.45 * signed * width, 0);
        case 5 -> plan.map.shift(0, 0.45 * signed * height);
        case 6 -> brighten(i, 1 + 0.9 * signed, plan);
        case 7 -> contrast(i, 1 + 0.9 * signed, plan);
        case 8 -> saturate(i, 1 + 0.9 * signed, plan);
        case 9 -> {
          tables[i].posterize(8 - (int) Math.rint(4 * strength));
          plan.ops.add(tables[i]);
        }
        case 10 -> {
          tables[i].solarize(256 * (1 - strength));
          plan.ops.add(tables[i]);
        }
        case 11 -> stretch(i, plan);
        default -> {
          // The identity.
        }
      }
    }
  }

  private void brighten(int i, double factor, SamplePlan plan) {
    linear[i].set(factor, 0);
    plan.ops.add(linear[i]);
  }

  private void contrast(int i, double factor, SamplePlan plan) {
    linear[i].set(factor, plan.sampler.meanGrey() * (1 - factor));
    plan.ops.add(linear[i]);
  }

  private void saturate(int i, double factor, SamplePlan plan) {
    saturation[i].set(factor);
    plan.ops.add(saturation[i]);
  }

  private void stretch(int i, SamplePlan plan) {
    for (int channel = 0; channel < channels; channel++) {
      plan.sampler.range(channel, range);
      tables[i].stretch(channel, range[0], range[1]);
    }
    plan.ops.add(tables[i]);
  }
}
