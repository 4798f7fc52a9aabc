package io.millrace.trainer.dl4j.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.trainer.dl4j.Samples;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class KerasWeightsTest {

  @Test
  void kernelsAreGlorotUniformAndBiasesAreZero() {
    float[] p =
        write(
            Samples.images(
                Loss.CATEGORICAL_CROSSENTROPY,
                Samples.adam(1e-3),
                Samples.conv(64, 5),
                Samples.flatten(),
                Samples.dense(3, Activation.SOFTMAX)),
            Samples.imageData(8, 8, 3, 3),
            7);
    for (int i = 0; i < 64; i++) {
      assertThat(p[i]).isZero();
    }
    double limit = Math.sqrt(6.0 / (25 * 3 + 25 * 64));
    uniform(p, 64, 64 * 75, limit);
    int dense = 64 + 64 * 75;
    uniform(p, dense, 1024 * 3, Math.sqrt(6.0 / (1024 + 3)));
    assertThat(p[p.length - 1]).isZero();
  }

  private static void uniform(float[] p, int start, int count, double limit) {
    double squares = 0;
    double most = 0;
    for (int i = start; i < start + count; i++) {
      squares += (double) p[i] * p[i];
      most = Math.max(most, Math.abs(p[i]));
    }
    assertThat(most).isBetween(0.99 * limit, limit * (1 + 1e-6));
    assertThat(squares / count).isCloseTo(limit * limit / 3, within(0.05 * limit * limit));
  }

  @Test
  void recurrentKernelsAreOrthogonalAndTheForgetGateStartsOpen() {
    int units = 6;
    float[] p =
        write(
            Samples.series(
                Samples.adam(1e-3),
                Samples.lstm(units, false),
                Samples.dense(1, Activation.LINEAR)),
            Samples.seriesData(5, 1),
            7);
    int recurrent = 4 * units;
    for (int a = 0; a < units; a++) {
      for (int b = 0; b < units; b++) {
        double dot = 0;
        for (int column = 0; column < 4 * units; column++) {
          dot += (double) p[recurrent + column * units + a] * p[recurrent + column * units + b];
        }
        assertThat(dot).isCloseTo(a == b ? 1 : 0, within(1e-6));
      }
    }
    int bias = recurrent + 4 * units * units;
    for (int i = 0; i < 4 * units; i++) {
      assertThat(p[bias + i]).isEqualTo(i / units == 1 ? 1 : 0);
    }
  }

  @Test
  void theSeedDeterminesTheWeights() {
    LayerSpec[] layers = {Samples.flatten(), Samples.dense(2, Activation.SOFTMAX)};
    TrainingRequest request =
        Samples.images(Loss.CATEGORICAL_CROSSENTROPY, Samples.adam(1e-3), layers);
    DatasetDescription data = Samples.imageData(4, 4, 1, 2);
    assertThat(write(request, data, 1)).isEqualTo(write(request, data, 1));
    assertThat(write(request, data, 1)).isNotEqualTo(write(request, data, 2));
  }

  private static float[] write(TrainingRequest request, DatasetDescription data, long seed) {
    NetworkPlan plan = NetworkPlan.of(request, data);
    float[] parameters = new float[(int) plan.parameters()];
    FloatBuffer buffer = FloatBuffer.wrap(parameters);
    KerasWeights.write(plan, seed, buffer);
    assertThat(buffer.remaining()).isZero();
    return parameters;
  }
}
