package io.millrace.contracts.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingEvent.Confusion;
import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.json.Messages;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The tests read texts that numpy and zlib packed: {@code struct.pack("<BBHI", …) +
 * zlib.compress(…)}.
 */
class SampleAnswersTest {
  /** True classes 0, 0, 1; predictions 0, 1, 1; confidences 255, 128 and 204. */
  private static final String THREE = "AQECAAMAAAB4nGNgYGRgZPzfcAYABOICTw==";

  /** 300 classes; true classes 0, 256, 299; predictions 299, 256, 1; no confidences. */
  private static final String OF_MANY_CLASSES = "AQAsAQMAAAB4nGNgYGDUBkIGRkYGAAKAAFw=";

  @Test
  void answersPackedByNumpyAreRead() {
    SampleAnswers three = SampleAnswers.parse("answers", THREE);

    assertThat(three.samples()).isEqualTo(3);
    assertThat(IntStream.range(0, 3).map(three::classOf)).containsExactly(0, 0, 1);
    assertThat(IntStream.range(0, 3).map(three::answerOf)).containsExactly(0, 1, 1);
    assertThat(IntStream.range(0, 3).filter(three::isRight)).containsExactly(0, 2);
    assertThat(three.confidenceOf(0)).hasValue(1);
    assertThat(three.confidenceOf(1)).hasValue(128 / 255.0);
    assertThat(three.confidenceOf(2)).hasValue(0.8);

    SampleAnswers many = SampleAnswers.parse("answers", OF_MANY_CLASSES);
    assertThat(IntStream.range(0, 3).map(many::classOf)).containsExactly(0, 256, 299);
    assertThat(IntStream.range(0, 3).map(many::answerOf)).containsExactly(299, 256, 1);
    assertThat(many.confidenceOf(0)).isEmpty();
    assertThat(many.areOfSameClasses(three)).isFalse();
  }

  @Test
  void recordedAnswersAreReadBackUnchanged() {
    var recorder = new SampleAnswers.Recorder(3, 2);
    recorder.add(0, 0, 1);
    recorder.add(0, 1, 0.5f);
    recorder.add(1, 1, 0.8f);
    SampleAnswers answers = recorder.answers();

    assertThat(SampleAnswers.parse("answers", answers.base64()))
        .usingRecursiveComparison()
        .isEqualTo(answers)
        .isEqualTo(SampleAnswers.parse("answers", THREE));

    var many = new SampleAnswers.Recorder(3, 300);
    many.add(0, 299, 0.5f);
    many.add(256, 256, Float.NaN);
    many.add(299, 1, 0.5f);
    assertThat(many.answers())
        .as("one invalid confidence removes all")
        .usingRecursiveComparison()
        .isEqualTo(SampleAnswers.parse("answers", OF_MANY_CLASSES));
  }

  @Test
  void answersForOnlySomeSamplesAreRefused() {
    var recorder = new SampleAnswers.Recorder(2, 2);
    recorder.add(0, 0, 1);

    assertThatThrownBy(recorder::answers).hasMessage("1 of 2 samples have a prediction");
  }

  @ParameterizedTest
  @CsvSource({
    "AQECAAMAAAB4nGNgYGRgYvzfcAYABOcCUA==, has class index 2; give 0..1",
    "AQECAAQAAAB4nGNgYGQAIwAAFQAE, does not unpack to 12 bytes",
    "AQECAAIAAAB4nGNgYGQAIwAAFQAE, does not unpack to 6 bytes",
    "AQECAAMAAAB4nGNgYGQAIwAA, does not unpack to 9 bytes",
    "AgECAAMAAAB4nGNgYGQAIwAAFQAE, is not in version 1 of the format",
    "AQECAKGGAQB4nGNgYGQAIwAAFQAE, has 2 classes and 100001 samples; give 2..1000 classes and 1..100000",
    "AQECAAMAAAAAAAAA, is not a zlib stream",
    "AQEC, is not in version 1 of the format",
    "#, is not base64"
  })
  void malformedAnswersAreRefused(String base64, String reason) {
    assertThatThrownBy(() -> SampleAnswers.parse("answers", base64))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("answers: " + reason);
    byte[] event =
        Messages.write(
            Map.of("type", "run-evaluated", "run", "r", "at", Instant.EPOCH, "answers", base64));
    assertThatThrownBy(() -> Messages.read(event, TrainingEvent.class))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("answers: " + reason);
  }

  /** Data that do not compress; no two samples share a cell of the confusion matrix. */
  @Test
  void theLargestEvaluationFitsIntoAMessage() {
    var random = new Random(1);
    var recorder = new SampleAnswers.Recorder(SampleAnswers.MAX_SAMPLES, SampleAnswers.MAX_CLASSES);
    int[][] confusion = new int[SampleAnswers.MAX_CLASSES][SampleAnswers.MAX_CLASSES];
    for (int i = 0; i < SampleAnswers.MAX_SAMPLES; i++) {
      int of = random.nextInt(SampleAnswers.MAX_CLASSES);
      int answer = random.nextInt(SampleAnswers.MAX_CLASSES);
      recorder.add(of, answer, random.nextFloat());
      confusion[of][answer]++;
    }
    List<String> classes =
        IntStream.range(0, SampleAnswers.MAX_CLASSES)
            .mapToObj(i -> "%03d".formatted(i) + "x".repeat(97))
            .toList();
    List<List<Integer>> matrix =
        Arrays.stream(confusion).map(row -> Arrays.stream(row).boxed().toList()).toList();
    String answers = recorder.answers().base64();

    byte[] event =
        Messages.write(
            new RunEvaluated(
                null,
                "r",
                Instant.EPOCH,
                SampleAnswers.MAX_SAMPLES,
                Map.of("loss", 1.0),
                null,
                new Confusion(classes, matrix),
                null,
                null,
                answers,
                null));

    assertThat(answers).hasSizeBetween(500_000, 667_000);
    assertThat(event).hasSizeLessThan(Messages.MAX_BYTES * 3 / 4);
  }
}
