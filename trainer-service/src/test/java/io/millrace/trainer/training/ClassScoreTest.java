package io.millrace.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.tensor.DType;
import io.millrace.trainer.dl4j.Samples;
import io.millrace.trainer.network.Network.Outputs;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassScoreTest {
  private static final TrainingRequest REQUEST =
      Samples.images(
          Loss.CATEGORICAL_CROSSENTROPY, Samples.adam(0.1), Samples.dense(2, Activation.SOFTMAX));

  /** Three test samples of the classes 1, 1 and 0, all taken for class 0. */
  private static RunEvaluated score(List<Integer> trainClassCounts) {
    var data =
        new DatasetDescription(
            null, List.of(1, 1, 1), 100, 0, 3, List.of("a", "b"), trainClassCounts, null, null);
    TestScore score = TestScore.of(REQUEST, data);
    score.add(
        Samples.batch(
            DType.F32, List.of(3, 1, 1, 1), Samples.bytes(1, 2, 3), Samples.ints(1, 1, 0), 1),
        new Outputs(0.7, new float[] {0.9f, 0.1f, 0.8f, 0.2f, 0.6f, 0.4f}));
    return score.event(Instant.EPOCH);
  }

  @Test
  void theBaselineNamesTheCommonestClassOfTheTrainingPart() {
    RunEvaluated evaluated = score(List.of(40, 60));

    assertThat(evaluated.baseline().metrics()).containsEntry("acc", 2.0 / 3);
    assertThat(evaluated.confusion().matrix()).containsExactly(List.of(1, 0), List.of(2, 0));
    assertThat(score(List.of(50, 50)).baseline().metrics()).containsEntry("acc", 1.0 / 3);
  }

  @Test
  void whereTheTrainingPartsClassesAreNotToldThereIsNoBaseline() {
    assertThat(score(null).baseline()).isNull();
  }
}
