package io.millrace.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.SampleAnswers;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassScoreTest {
  private static final TrainingRequest REQUEST =
      Samples.images(
          Loss.CATEGORICAL_CROSSENTROPY, Samples.adam(0.1), Samples.dense(2, Activation.SOFTMAX));

  /** Three test samples of classes 1, 1 and 0, all predicted as class 0. */
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
  void theBaselinePredictsTheMostCommonClassOfTheTrainingPart() {
    RunEvaluated evaluated = score(List.of(40, 60));

    assertThat(evaluated.baseline().metrics()).containsEntry("acc", 2.0 / 3);
    assertThat(evaluated.confusion().matrix()).containsExactly(List.of(1, 0), List.of(2, 0));
    assertThat(score(List.of(50, 50)).baseline().metrics()).containsEntry("acc", 1.0 / 3);
  }

  @Test
  void thePredictionOfEachSampleIsStoredInOrder() {
    RunEvaluated evaluated = score(null);

    SampleAnswers answers = SampleAnswers.parse("answers", evaluated.answers());
    assertThat(answers.classes()).isEqualTo(2);
    assertThat(IntStream.range(0, 3).map(answers::classOf)).containsExactly(1, 1, 0);
    assertThat(IntStream.range(0, 3).map(answers::answerOf)).containsExactly(0, 0, 0);
    // 255 times 0.9, 0.8 and 0.6 is 229.5, 204 and 153.
    assertThat(IntStream.range(0, 3).mapToDouble(i -> answers.confidenceOf(i).orElseThrow() * 255))
        .containsExactly(230.0, 204.0, 153.0);
    assertThat(evaluated.answersLeftOut()).isNull();
  }

  @Test
  void theConfidenceOfASingleOutputIsThatOfThePredictedClass() {
    var request =
        Samples.images(
            Loss.BINARY_CROSSENTROPY, Samples.adam(0.1), Samples.dense(1, Activation.SIGMOID));
    TestScore score = TestScore.of(request, data(2));
    score.add(
        Samples.batch(DType.F32, List.of(2, 1, 1, 1), Samples.bytes(1, 2), Samples.ints(1, 1), 1),
        new Outputs(0.7, new float[] {0.2f, 1f}));

    SampleAnswers answers = SampleAnswers.parse("answers", score.event(Instant.EPOCH).answers());

    assertThat(answers.answerOf(0)).isZero();
    assertThat(answers.confidenceOf(0)).hasValue(0.8);
    assertThat(answers.answerOf(1)).isEqualTo(1);
    assertThat(answers.confidenceOf(1)).hasValue(1);
  }

  @Test
  void outputsThatAreNotProbabilitiesHaveNoConfidence() {
    TestScore score = TestScore.of(REQUEST, data(2));
    score.add(
        Samples.batch(DType.F32, List.of(2, 1, 1, 1), Samples.bytes(1, 2), Samples.ints(1, 1), 1),
        new Outputs(0.7, new float[] {-1f, 3f, 0.5f, 0.25f}));

    SampleAnswers answers = SampleAnswers.parse("answers", score.event(Instant.EPOCH).answers());

    assertThat(IntStream.range(0, 2).map(answers::answerOf)).containsExactly(1, 0);
    assertThat(answers.confidenceOf(1)).isEmpty();
  }

  @Test
  void predictionsForAVeryLargeTestPartAreOmittedWithTheReason() {
    RunEvaluated evaluated = TestScore.of(REQUEST, data(100_001)).event(Instant.EPOCH);

    assertThat(evaluated.answers()).isNull();
    assertThat(evaluated.answersLeftOut())
        .isEqualTo("100001 test samples; predictions are stored for at most 100000");
  }

  private static DatasetDescription data(int test) {
    return new DatasetDescription(
        null, List.of(1, 1, 1), 100, 0, test, List.of("a", "b"), null, null, null);
  }

  @Test
  void thereIsNoBaselineIfTheTrainingClassCountsAreUnknown() {
    assertThat(score(null).baseline()).isNull();
  }
}
