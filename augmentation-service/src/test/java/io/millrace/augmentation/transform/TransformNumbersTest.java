package io.millrace.augmentation.transform;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.request.TransformSpec;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TransformNumbersTest {
  /** The kinds in the order of their numbers in existing runs. A new kind goes at the end. */
  private static final List<String> IN_ORDER =
      List.of(
          "Rotation",
          "Shift",
          "Shear",
          "Zoom",
          "HorizontalFlip",
          "VerticalFlip",
          "RandomCrop",
          "RandomResizedCrop",
          "CenterCrop",
          "Perspective",
          "Elastic",
          "Brightness",
          "ChannelShift",
          "ColorJitter",
          "Grayscale",
          "GaussianBlur",
          "GaussianNoise",
          "SaltAndPepper",
          "Cutout",
          "OneOf",
          "Sequence",
          "RandAugment",
          "Mixup",
          "Cutmix",
          "WindowSlicing",
          "Jitter",
          "Scaling",
          "MagnitudeWarping",
          "TimeWarping",
          "BrightnessShift",
          "Contrast");

  @Test
  void everyTransformKindKeepsItsOwnNumber() {
    var numbers = new TreeMap<Integer, String>();
    for (Class<?> kind : TransformSpec.class.getPermittedSubclasses()) {
      numbers.put(TransformNumbers.of(kind.asSubclass(TransformSpec.class)), kind.getSimpleName());
    }

    assertThat(numbers.keySet())
        .containsExactlyElementsOf(IntStream.range(0, IN_ORDER.size()).boxed().toList());
    assertThat(numbers.values()).containsExactlyElementsOf(IN_ORDER);
  }
}
