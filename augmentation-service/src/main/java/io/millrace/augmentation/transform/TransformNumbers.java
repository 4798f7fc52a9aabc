package io.millrace.augmentation.transform;

import io.millrace.contracts.request.TransformSpec;
import java.util.Map;

/**
 * A number for each kind of transform, which is part of the key of its random values. A number
 * never changes; otherwise existing runs would draw other values.
 */
final class TransformNumbers {
  private static final Map<Class<? extends TransformSpec>, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry(TransformSpec.Rotation.class, 0),
          Map.entry(TransformSpec.Shift.class, 1),
          Map.entry(TransformSpec.Shear.class, 2),
          Map.entry(TransformSpec.Zoom.class, 3),
          Map.entry(TransformSpec.HorizontalFlip.class, 4),
          Map.entry(TransformSpec.VerticalFlip.class, 5),
          Map.entry(TransformSpec.RandomCrop.class, 6),
          Map.entry(TransformSpec.RandomResizedCrop.class, 7),
          Map.entry(TransformSpec.CenterCrop.class, 8),
          Map.entry(TransformSpec.Perspective.class, 9),
          Map.entry(TransformSpec.Elastic.class, 10),
          Map.entry(TransformSpec.Brightness.class, 11),
          Map.entry(TransformSpec.ChannelShift.class, 12),
          Map.entry(TransformSpec.ColorJitter.class, 13),
          Map.entry(TransformSpec.Grayscale.class, 14),
          Map.entry(TransformSpec.GaussianBlur.class, 15),
          Map.entry(TransformSpec.GaussianNoise.class, 16),
          Map.entry(TransformSpec.SaltAndPepper.class, 17),
          Map.entry(TransformSpec.Cutout.class, 18),
          Map.entry(TransformSpec.OneOf.class, 19),
          Map.entry(TransformSpec.Sequence.class, 20),
          Map.entry(TransformSpec.RandAugment.class, 21),
          Map.entry(TransformSpec.Mixup.class, 22),
          Map.entry(TransformSpec.Cutmix.class, 23),
          Map.entry(TransformSpec.WindowSlicing.class, 24),
          Map.entry(TransformSpec.Jitter.class, 25),
          Map.entry(TransformSpec.Scaling.class, 26),
          Map.entry(TransformSpec.MagnitudeWarping.class, 27),
          Map.entry(TransformSpec.TimeWarping.class, 28),
          Map.entry(TransformSpec.BrightnessShift.class, 29),
          Map.entry(TransformSpec.Contrast.class, 30));

  private TransformNumbers() {}

  static int of(Class<? extends TransformSpec> kind) {
    return NUMBERS.get(kind);
  }
}
