package io.millrace.trainer.dl4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.trainer.dl4j.device.Backend;
import io.millrace.trainer.dl4j.device.Residence;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class DropoutStageTest {
  private static final int COUNT = 100_001;

  private static float[] drop(long seed, double rate, boolean training, long step) {
    Backend.get();
    INDArray output =
        new DropoutStage(seed, rate, false, Residence.HOST)
            .forward(Nd4j.ones(1, COUNT), new Stage.Pass(training, step));
    return output.toFloatVector();
  }

  @Test
  void dropoutDropsItsShareAndScalesTheRest() {
    float[] values = drop(1, 0.2, true, 0);
    int dropped = 0;
    for (float value : values) {
      assertThat(value).isIn(0f, 1.25f);
      dropped += value == 0 ? 1 : 0;
    }
    // The tolerance is five standard deviations of a binomial share.
    assertThat((double) dropped / COUNT).isCloseTo(0.2, within(5 * Math.sqrt(0.16 / COUNT)));
  }

  @Test
  void evaluationDropsNothing() {
    assertThat(drop(1, 0.9, false, 0)).containsOnly(1f);
  }

  @Test
  void seedAndStepDecideWhatIsDropped() {
    assertThat(drop(1, 0.5, true, 3)).isEqualTo(drop(1, 0.5, true, 3));
    assertThat(drop(1, 0.5, true, 3)).isNotEqualTo(drop(1, 0.5, true, 4));
    assertThat(drop(1, 0.5, true, 3)).isNotEqualTo(drop(2, 0.5, true, 3));
  }

  @Test
  void theGradientHasTheSameMaskAsTheValues() {
    var stage = new DropoutStage(1, 0.5, false, Residence.HOST);
    INDArray output = stage.forward(Nd4j.ones(1, COUNT), new Stage.Pass(true, 5));
    assertThat(stage.backward(Nd4j.ones(1, COUNT))).isEqualTo(output);
  }

  @Test
  void twoConsecutiveDropoutsDropIndependently() {
    var pass = new Stage.Pass(true, 0);
    INDArray once =
        new DropoutStage(1, 0.5, false, Residence.HOST).forward(Nd4j.ones(1, COUNT), pass);
    INDArray twice = new DropoutStage(2, 0.5, false, Residence.HOST).forward(once, pass);
    assertThat(twice.eq(4).castTo(once.dataType()).meanNumber().doubleValue())
        .isCloseTo(0.25, within(0.01));
  }
}
