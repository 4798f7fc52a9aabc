package io.millrace.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.event.TrainingEvent.StepAhead;
import io.millrace.contracts.event.TrainingEvent.TargetScore;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.ColumnScale;
import io.millrace.contracts.tensor.DType;
import io.millrace.trainer.dl4j.Samples;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Network.Outputs;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two test samples of three values and a horizon of two. In the column's units, the true values are
 * 101, 103 and 105, 104; the model predicts 102, 101 and 105, 106; persistence predicts 100 and
 * 102. The expected values are computed by hand, those of losses with Python's math.
 */
class NumberScoreTest {
  private static final DatasetDescription DATA =
      new DatasetDescription(
          null,
          List.of(3, 1),
          100,
          0,
          2,
          null,
          null,
          new DatasetDescription.SeriesScale(10.0, 100.0, 2, null),
          null);

  private static RunEvaluated score(String loss, String metrics) {
    TrainingRequest request =
        Messages.readRequest(
            """
            {"version":1,"run":"r","experiment":"e","seed":1,"epochs":1,"batch_size":2,
             "dataset":{"name":"d","column":"v","window":3,"horizon":2},
             "optimizer":{"type":"Adam"},"loss":%s,"metrics":%s,
             "model":{"layers":[{"type":"Flatten"},{"type":"Dense","units":2}]}}
            """
                .formatted(loss, metrics)
                .getBytes(StandardCharsets.UTF_8));
    TestScore score = TestScore.of(request, DATA);
    score.add(
        Samples.batch(
            DType.F32,
            List.of(2, 3, 1),
            Samples.bytes(0.5f, 0.4f, 0, 0.1f, 0.3f, 0.2f),
            Samples.floats(new float[] {0.1f, 0.3f, 0.5f, 0.4f}, 2, 2),
            1),
        new Outputs(0.7, new float[] {0.2f, 0.1f, 0.5f, 0.6f}));
    return score.event(Instant.EPOCH);
  }

  @Test
  void errorsAreInDataUnitsOverallAndForEachStepAhead() {
    var prediction = score("\"mse\"", "[]").prediction();

    assertThat(prediction.truth()).hasSize(2);
    assertThat(prediction.truth().get(1)).isCloseTo(105, within(1e-5));
    assertThat(prediction.predicted().get(0)).isCloseTo(102, within(1e-5));
    assertThat(prediction.mae()).isCloseTo(1.25, within(1e-6));
    assertThat(prediction.rmse()).isCloseTo(1.5, within(1e-6));
    assertThat(prediction.baselineMae()).isCloseTo(2.25, within(1e-6));
    assertThat(prediction.baselineRmse()).isCloseTo(2.3979158, within(1e-6));
    assertThat(prediction.stepsAhead()).hasSize(2);
    closeTo(prediction.stepsAhead().get(0), 0.7071068, 0.5, 2.2360680, 2);
    closeTo(prediction.stepsAhead().get(1), 2, 2, 2.5495098, 2.5);
  }

  private static void closeTo(
      StepAhead step, double rmse, double mae, double baselineRmse, double baselineMae) {
    assertThat(step.rmse()).isCloseTo(rmse, within(1e-6));
    assertThat(step.mae()).isCloseTo(mae, within(1e-6));
    assertThat(step.baselineRmse()).isCloseTo(baselineRmse, within(1e-6));
    assertThat(step.baselineMae()).isCloseTo(baselineMae, within(1e-6));
  }

  /**
   * {@code mape}, {@code msle} and {@code poisson} use data units, the other losses scaled values.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'\"mse\"'; 0.0575",
        "'\"mae\"'; 0.225",
        "'{\"type\":\"huber\",\"delta\":0.2}'; 0.02625",
        "'\"log_cosh\"'; 0.0283853251",
        "'\"mape\"'; 2.1707350373",
        "'\"msle\"'; 0.0005369846",
        "'\"poisson\"'; -375.5185090817"
      })
  void persistenceHasAScoreForEveryLoss(String loss, double expected) {
    RunEvaluated evaluated = score(loss, "[]");

    assertThat(evaluated.baseline().name()).isEqualTo("persistence");
    assertThat(evaluated.baseline().metrics().get("loss"))
        .isCloseTo(expected, within(2e-6 * Math.abs(expected)));
  }

  @Test
  void mapeUsesDataUnitsAndMaeUsesScaledValues() {
    RunEvaluated evaluated = score("\"mse\"", "[\"mape\", \"mae\", \"r2\"]");

    assertThat(evaluated.metrics().get("mape")).isCloseTo(1.2137308764, within(1e-5));
    assertThat(evaluated.baseline().metrics().get("mape")).isCloseTo(2.1707350373, within(1e-5));
    assertThat(evaluated.metrics().get("mae")).isCloseTo(0.125, within(1e-7));
  }

  /**
   * Two targets, one step ahead: a with scale 10 and offset 100, and b with scale 2. In data units,
   * the true values are 101 and 105 for a, 1 and 2 for b; the model predicts 102 and 105 for a, 1
   * and 4 for b.
   */
  @Test
  void eachTargetHasItsOwnUnitsAndIsComparedWithTheBaselines() {
    TrainingRequest request =
        Messages.readRequest(
            """
            {"run":"r","dataset":{"name":"d","columns":["c"],"target":["a","b"],"window":1,
             "season":2},"loss":"mape","metrics":["mae"],
             "model":{"layers":[{"type":"Flatten"},{"type":"Dense","units":2}]}}
            """
                .getBytes(StandardCharsets.UTF_8));
    var targets = List.of(new ColumnScale("a", 10.0, 100.0), new ColumnScale("b", 2.0, 0.0));
    var scale = new DatasetDescription.SeriesScale(10.0, 100.0, 1, null, null, null, null, targets);
    var data = new DatasetDescription(null, List.of(1, 1), 9, 0, 2, null, null, scale, null);
    var batch =
        Samples.batch(
            DType.F32,
            List.of(2, 1, 1),
            Samples.bytes(0.9f, 0.8f),
            Samples.floats(new float[] {0.1f, 0.5f, 0.5f, 1}, 2, 2),
            1);
    batch =
        new Batch(
            batch.part(),
            0,
            0,
            batch.features(),
            batch.labels(),
            Map.of(
                "persistence", Samples.floats(new float[] {0, 0.5f, 0.1f, 0.5f}, 2, 2),
                "seasonal", Samples.floats(new float[] {0.2f, 1, 0.4f, 1}, 2, 2)),
            1,
            0);
    TestScore score = TestScore.of(request, data);
    score.add(batch, new Outputs(0.7, new float[] {0.2f, 0.5f, 0.5f, 2}));
    RunEvaluated evaluated = score.event(Instant.EPOCH);

    var prediction = evaluated.prediction();
    assertThat(prediction.truth().get(1)).isCloseTo(105, within(1e-5));
    assertThat(prediction.targets()).extracting(TargetScore::name).containsExactly("a", "b");
    TargetScore a = prediction.targets().get(0);
    TargetScore b = prediction.targets().get(1);
    assertThat(a.mae()).isCloseTo(0.5, within(1e-5));
    assertThat(a.rmse()).isCloseTo(Math.sqrt(0.5), within(1e-5));
    assertThat(b.mae()).isCloseTo(1, within(1e-5));
    assertThat(b.rmse()).isCloseTo(Math.sqrt(2), within(1e-5));
    assertThat(a.baselineMae()).isCloseTo(2.5, within(1e-5));
    assertThat(b.baselineMae()).isCloseTo(0.5, within(1e-5));
    assertThat(a.seasonalMae()).isCloseTo(1, within(1e-5));
    assertThat(b.seasonalRmse()).isCloseTo(Math.sqrt(0.5), within(1e-5));
    assertThat(prediction.mae()).isEqualTo(a.mae());
    assertThat(prediction.seasonalMae()).isEqualTo(a.seasonalMae());
    // Persistence has a mape of 100/4 (1/101 + 4/105 + 0 + 1/2).
    assertThat(evaluated.baseline().name()).isEqualTo("persistence");
    assertThat(evaluated.baseline().metrics().get("loss"))
        .isCloseTo(25 * (1 / 101.0 + 4 / 105.0 + 0.5), within(1e-4));
    assertThat(evaluated.seasonalBaseline().name()).isEqualTo("seasonal");
    assertThat(evaluated.seasonalBaseline().metrics().get("loss"))
        .isCloseTo(25 * (1 / 101.0 + 1 / 105.0 + 1), within(1e-4));
    assertThat(evaluated.seasonalBaseline().metrics().get("mae"))
        .isCloseTo((0.1 + 0.1 + 0.5 + 0) / 4, within(1e-6));
  }
}
