package io.millrace.trainer.dl4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.trainer.dl4j.device.Backend;
import io.millrace.trainer.dl4j.layers.Gemm.Matrix;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the dropout of attention weights; the cases of KerasLayersTest test the rest. */
class AttentionHeadTest {
  private static final int TIME = 100;
  private static final double RATE = 0.3;

  @BeforeAll
  static void libraries() {
    Backend.get();
  }

  /** All scores are equal. */
  private static final class Equal implements AttentionHead.Scores {
    @Override
    public void forward(float[] scores, Matrix matrix) {
      Arrays.fill(scores, 1000);
    }

    @Override
    public void backward(float[] errors, Matrix matrix) {
      throw new UnsupportedOperationException();
    }
  }

  /** Returns the weights of a head, which are its output for the identity matrix. */
  private static float[] weights(long seed, Stage.Pass pass, long headOfAll) {
    float[] identity = new float[TIME * TIME];
    for (int i = 0; i < TIME; i++) {
      identity[i * TIME + i] = 1;
    }
    try (var head = new AttentionHead(RATE, seed);
        var values = new FloatPointer(identity);
        var made = new FloatPointer((long) TIME * TIME)) {
      head.begin(pass, TIME);
      Matrix to = new Matrix(made, 0, TIME);
      head.forward(headOfAll, new Equal(), new Matrix(values, 0, TIME), TIME, to);
      float[] weights = new float[TIME * TIME];
      made.get(weights);
      return weights;
    }
  }

  private static float[] weights(long seed, long step, long headOfAll) {
    return weights(seed, new Stage.Pass(true, step), headOfAll);
  }

  @Test
  void aShareOfTheAttentionWeightsIsDroppedAndTheRestIsScaled() {
    int dropped = 0;
    for (float weight : weights(1, 0, 0)) {
      if (weight == 0) {
        dropped++;
      } else {
        assertThat(weight).isCloseTo((float) (1 / (TIME * (1 - RATE))), within(1e-7f));
      }
    }
    int all = TIME * TIME;
    // The tolerance is five standard deviations of a binomial share.
    assertThat((double) dropped / all).isCloseTo(RATE, within(5 * Math.sqrt(0.21 / all)));
  }

  @Test
  void seedStepAndHeadDecideWhatIsDropped() {
    // The first position of this head exceeds 32 bits.
    long far = (1L << 32) / TIME / TIME + 7;
    assertThat(weights(1, 3, far)).isEqualTo(weights(1, 3, far));
    assertThat(weights(1, 3, 0)).isNotEqualTo(weights(1, 4, 0));
    assertThat(weights(1, 3, 0)).isNotEqualTo(weights(2, 3, 0));
    assertThat(weights(1, 3, 0)).isNotEqualTo(weights(1, 3, 1));
  }

  @Test
  void evaluationDropsNothing() {
    for (float weight : weights(1, new Stage.Pass(false, 0), 0)) {
      assertThat(weight).isCloseTo(1f / TIME, within(1e-8f));
    }
  }
}
