package io.millrace.trainer.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.network.Units;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.LossSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Losses for class shares, which mixed samples have, and for scaled series. */
class OutputLossTest {
  private static final int CLASSES = 3;
  private static final float[] SHARES = {0.7f, 0.3f, 0, 0, 0.45f, 0.55f};
  private static final double[] LOGITS = {0.3, -0.2, 1.1, -0.7, 0.4, 0.9};

  @Test
  void categoricalCrossentropyWeightsTheLogarithmsByTheShares() {
    float[] p = {0.2f, 0.5f, 0.3f, 0.1f, 0.6f, 0.3f};
    double first = -0.7 * Math.log(0.2) - 0.3 * Math.log(0.5);
    double second = -0.45 * Math.log(0.6) - 0.55 * Math.log(0.3);

    for (Loss loss :
        new Loss[] {Loss.CATEGORICAL_CROSSENTROPY, Loss.SPARSE_CATEGORICAL_CROSSENTROPY}) {
      assertThat(new OutputLoss(LossSpec.of(loss), CLASSES).mean(p, SHARES))
          .isCloseTo((first + second) / 2, within(1e-6));
    }
  }

  @Test
  void aZeroShareCostsNothingAndAZeroProbabilityIsClipped() {
    float[] p = {0, 1, 0};

    assertThat(
            new OutputLoss(LossSpec.of(Loss.CATEGORICAL_CROSSENTROPY), CLASSES)
                .mean(p, new float[] {0.5f, 0.5f, 0}))
        .isCloseTo(-0.5 * Math.log(1e-7) - 0.5 * Math.log(1 - 1e-7), within(1e-9));
  }

  @Test
  void binaryCrossentropyOfOneUnitUsesTheShareOfTheSecondClass() {
    double expected = -(0.3 * Math.log(0.8) + 0.7 * Math.log(0.2));

    assertThat(
            new OutputLoss(LossSpec.of(Loss.BINARY_CROSSENTROPY), 1)
                .mean(new float[] {0.8f}, new float[] {0.3f}))
        .isCloseTo(expected, within(1e-6));
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void theGradientIsTheSlopeOfTheLoss(Loss loss) {
    var output = new OutputLoss(LossSpec.of(loss), CLASSES);
    float[] gradient = output.gradient(activated(loss, LOGITS), SHARES);
    double step = 1e-2;
    for (int i = 0; i < LOGITS.length; i++) {
      double[] above = LOGITS.clone();
      double[] below = LOGITS.clone();
      above[i] += step;
      below[i] -= step;
      double slope =
          (output.mean(activated(loss, above), SHARES)
                  - output.mean(activated(loss, below), SHARES))
              / (2 * step);
      assertThat((double) gradient[i])
          .as("logit %d", i)
          .isCloseTo(slope, within(1e-4 * Math.max(1, Math.abs(slope))));
    }
  }

  /**
   * Applies softmax or sigmoid. If the loss's gradient is with respect to the outputs, the outputs
   * are the logits, shifted for some losses.
   */
  private static float[] activated(Loss loss, double[] logits) {
    float[] values = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      int row = i / CLASSES * CLASSES;
      double sum = 0;
      for (int j = row; j < row + CLASSES; j++) {
        sum += Math.exp(logits[j]);
      }
      values[i] =
          (float)
              switch (loss) {
                case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY, KL_DIVERGENCE ->
                    Math.exp(logits[i]) / sum;
                case BINARY_CROSSENTROPY -> 1 / (1 + Math.exp(-logits[i]));
                // These losses need positive outputs.
                case POISSON, MSLE -> logits[i] + 2;
                default -> logits[i];
              };
    }
    return values;
  }

  /** The gradient is with respect to the network's output, which is scaled. */
  @ParameterizedTest
  @EnumSource(names = {"MAPE", "MSLE", "POISSON"})
  void theGradientOfAScaledSeriesIsTheSlopeOfTheLossInDataUnits(Loss loss) {
    var output = new OutputLoss(LossSpec.of(loss), 2, new Units(10, 100));
    float[] y = {0.1f, 0.3f, 0.5f, 0.4f};
    float[] p = {0.2f, 0.1f, 0.55f, 0.6f};
    float[] gradient = output.gradient(p, y);
    float step = 1e-2f;
    for (int i = 0; i < p.length; i++) {
      float[] above = p.clone();
      float[] below = p.clone();
      above[i] += step;
      below[i] -= step;
      double slope = (output.mean(above, y) - output.mean(below, y)) / (above[i] - below[i]);
      assertThat((double) gradient[i])
          .as("output %d", i)
          .isCloseTo(slope, within(1e-3 * Math.abs(slope)));
    }
  }
}
