package io.millrace.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.Metric;
import io.millrace.trainer.dl4j.Samples;
import io.millrace.trainer.network.Labels;
import io.millrace.trainer.network.Network.Outputs;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricSumsTest {
  private static final DatasetSpec IMAGES =
      new DatasetSpec.Images("images", null, null, null, null, null, null);

  private static final List<Metric> METRICS = List.of(Metric.ACC, Metric.MAE);

  private static Map<String, Double> means(float[] outputs, float... shares) {
    int size = 2;
    var batch = Samples.withShares(Samples.imageBatch(size, 2, 2, 1, 2, 1), shares);
    return MetricSums.ZERO
        .plus(new Outputs(0.25, outputs), Labels.of(batch, IMAGES), METRICS)
        .means("", METRICS);
  }

  @Test
  void ofSharesTheLargestIsToBePredictedAndTheErrorIsToTheShares() {
    float[] outputs = {0.1f, 0.2f, 0.7f, 0.6f, 0.3f, 0.1f};

    Map<String, Double> means = means(outputs, 0.4f, 0, 0.6f, 0.25f, 0.75f, 0);

    assertThat(means).containsEntry("loss", 0.25).containsEntry("acc", 0.5);
    assertThat(means.get("mae")).isCloseTo((0.3 + 0.2 + 0.1 + 0.35 + 0.45 + 0.1) / 6, within(1e-7));
  }

  @Test
  void aSingleOutputIsOfTheSecondClass() {
    Map<String, Double> means = means(new float[] {0.6f, 0.4f}, 0.3f, 0.7f, 0.2f, 0.8f);

    assertThat(means).containsEntry("acc", 0.5);
    assertThat(means.get("mae")).isCloseTo((0.1 + 0.4) / 2, within(1e-7));
  }
}
