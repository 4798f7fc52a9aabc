package io.millrace.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.Metric;
import io.millrace.contracts.request.MetricType;
import io.millrace.trainer.dl4j.Samples;
import io.millrace.trainer.network.Labels;
import io.millrace.trainer.network.Network.Outputs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricSumsTest {
  private static final DatasetSpec IMAGES =
      new DatasetSpec.Images("images", null, null, null, null, null, null);

  private static final List<Metric> METRICS = List.of(Metric.ACC, Metric.MAE);

  private static final DatasetSpec SERIES =
      Messages.readRequest(
              """
              {"dataset": {"name": "s", "column": "c"}, "loss": "mse",
               "model": {"layers": [{"type": "Dense", "units": 1}]}}
              """
                  .getBytes(StandardCharsets.UTF_8))
          .dataset();

  private static Map<String, Double> means(float[] outputs, float... shares) {
    int size = 2;
    var batch = Samples.withShares(Samples.imageBatch(size, 2, 2, 1, 2, 1), shares);
    return MetricSums.ZERO
        .plus(new Outputs(0.25, outputs), Labels.of(batch, IMAGES), METRICS)
        .means("", METRICS);
  }

  @Test
  void accuracyComparesWithTheLargestShareAndMaeWithTheShares() {
    float[] outputs = {0.1f, 0.2f, 0.7f, 0.6f, 0.3f, 0.1f};

    Map<String, Double> means = means(outputs, 0.4f, 0, 0.6f, 0.25f, 0.75f, 0);

    assertThat(means).containsEntry("loss", 0.25).containsEntry("acc", 0.5);
    assertThat(means.get("mae")).isCloseTo((0.3 + 0.2 + 0.1 + 0.35 + 0.45 + 0.1) / 6, within(1e-7));
  }

  /**
   * As in Keras, r2 is 1 - residual / total; it is 0 if only the total is 0, and NaN if both are.
   */
  @Test
  void metricsThatAreNotFiniteAreNullAndNotAbsent() {
    assertThat(ofSeries(new float[] {0.5f, 0.5f}, 0.5f, 0.5f))
        .as("a constant, predicted exactly")
        .containsEntry("r2", null)
        .containsEntry("mape", 0.0);
    assertThat(ofSeries(new float[] {0.25f, 0.5f}, 0.5f, 0.5f)).containsEntry("r2", 0.0);
    assertThat(ofSeries(new float[] {2}, 2)).as("a single sample").containsEntry("r2", null);
    assertThat(ofSeries(new float[] {Float.POSITIVE_INFINITY, 1}, 1, 2))
        .as("an output that overflowed")
        .containsEntry("loss", 0.25)
        .containsEntry("r2", null)
        .containsEntry("mape", null);
    assertThat(MetricSums.ZERO.means("val_", List.of()))
        .as("no samples")
        .containsEntry("val_loss", null);
  }

  private static Map<String, Double> ofSeries(float[] outputs, float... targets) {
    var metrics = List.of(new Metric(MetricType.R2, null), new Metric(MetricType.MAPE, null));
    var batch = Samples.withShares(Samples.sineBatch(targets.length, 3, 1, 1), targets);
    return MetricSums.ZERO
        .plus(new Outputs(0.25, outputs), Labels.of(batch, SERIES), metrics)
        .means("", metrics);
  }

  @Test
  void aSingleOutputIsTheProbabilityOfTheSecondClass() {
    Map<String, Double> means = means(new float[] {0.6f, 0.4f}, 0.3f, 0.7f, 0.2f, 0.8f);

    assertThat(means).containsEntry("acc", 0.5);
    assertThat(means.get("mae")).isCloseTo((0.1 + 0.4) / 2, within(1e-7));
  }
}
