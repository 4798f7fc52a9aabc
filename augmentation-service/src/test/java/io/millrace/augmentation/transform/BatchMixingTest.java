package io.millrace.augmentation.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.millrace.contracts.request.TransformSpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BatchMixingTest {
  private static final int SAMPLES = 16;
  private static final BatchMixing.Shape SHAPE = new BatchMixing.Shape(SAMPLES, 10, 12, 3);
  private static final int VALUES = 10 * 12 * 3;

  /** The pixels of a batch whose sample {@code i} has the level {@code 10 i} everywhere. */
  private static byte[] levels() {
    byte[] pixels = new byte[SAMPLES * VALUES];
    for (int i = 0; i < SAMPLES; i++) {
      Arrays.fill(pixels, i * VALUES, (i + 1) * VALUES, (byte) (10 * i));
    }
    return pixels;
  }

  private static float[] classes() {
    float[] labels = new float[SAMPLES * SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      labels[i * SAMPLES + i] = 1;
    }
    return labels;
  }

  private static double meanLevel(byte[] pixels, int sample) {
    long sum = 0;
    for (int i = 0; i < VALUES; i++) {
      sum += pixels[sample * VALUES + i] & 0xFF;
    }
    return (double) sum / VALUES;
  }

  private static double labelledLevel(float[] labels, int sample) {
    double level = 0;
    for (int c = 0; c < SAMPLES; c++) {
      level += labels[sample * SAMPLES + c] * 10 * c;
    }
    return level;
  }

  @Test
  void labelsAreMixedLikeThePixels() {
    for (TransformSpec spec :
        new TransformSpec[] {
          new TransformSpec.Mixup(1.0, null), new TransformSpec.Cutmix(1.0, null)
        }) {
      byte[] pixels = levels();
      float[] labels = classes();
      new BatchMixing(spec).mix(3, 1, 4, SHAPE, pixels, 0, levels(), labels);
      boolean mixed = false;
      for (int i = 0; i < SAMPLES; i++) {
        double sum = 0;
        for (int c = 0; c < SAMPLES; c++) {
          sum += labels[i * SAMPLES + c];
        }
        assertThat(sum).isCloseTo(1, offset(1e-5));
        assertThat(meanLevel(pixels, i)).isCloseTo(labelledLevel(labels, i), offset(0.51));
        mixed |= labels[i * SAMPLES + i] < 0.9;
      }
      assertThat(mixed).isTrue();
    }
  }

  @Test
  void mixingIsRepeatableForABatchAndDiffersBetweenBatches() {
    var mixing = new BatchMixing(new TransformSpec.Mixup(0.4, null));
    byte[] once = levels();
    byte[] again = levels();
    mixing.mix(3, 1, 4, SHAPE, once, 0, levels(), classes());
    mixing.mix(3, 1, 4, SHAPE, again, 0, levels(), classes());
    assertThat(again).isEqualTo(once);
    byte[] other = levels();
    mixing.mix(3, 1, 5, SHAPE, other, 0, levels(), classes());
    assertThat(other).isNotEqualTo(once);
  }

  @Test
  void nothingIsMixedWithAProbabilityOfZero() {
    byte[] pixels = levels();
    float[] labels = classes();
    new BatchMixing(new TransformSpec.Cutmix(1.0, 0.0))
        .mix(3, 1, 4, SHAPE, pixels, 0, levels(), labels);
    assertThat(pixels).isEqualTo(levels());
    assertThat(labels).isEqualTo(classes());
  }

  @Test
  void sharesHaveTheMomentsOfTheBetaDistribution() {
    for (double alpha : new double[] {0.2, 1, 5}) {
      var mixing = new BatchMixing(new TransformSpec.Mixup(alpha, null));
      double sum = 0;
      double squares = 0;
      int count = 0;
      for (int batch = 0; batch < 1_000; batch++) {
        float[] labels = classes();
        mixing.mix(1, 0, batch, SHAPE, levels(), 0, levels(), labels);
        for (int i = 0; i < SAMPLES; i++) {
          double share = labels[i * SAMPLES + i];
          boolean itsOwnPartner = share == 1;
          if (!itsOwnPartner) {
            sum += share;
            squares += (share - 0.5) * (share - 0.5);
            count++;
          }
        }
      }
      assertThat(sum / count).as("mean at %s", alpha).isCloseTo(0.5, offset(0.02));
      assertThat(squares / count)
          .as("variance at %s", alpha)
          .isCloseTo(1 / (4 * (2 * alpha + 1)), offset(0.01));
    }
  }
}
