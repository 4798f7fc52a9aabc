package io.millrace.results.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.SampleAnswers;
import io.millrace.results.statistics.SampleDuel.Change;
import io.millrace.results.statistics.SampleDuel.ClassTally;
import io.millrace.results.statistics.SampleDuel.Difference;
import java.util.List;
import org.junit.jupiter.api.Test;

class SampleDuelTest {
  /** The answers to three samples, which have the classes 0, 0 and 1. */
  private static SampleAnswers answers(int first, int second, int third) {
    var recorder = new SampleAnswers.Recorder(3, 3);
    recorder.add(0, first, 1);
    recorder.add(0, second, 1);
    recorder.add(1, third, 1);
    return recorder.answers();
  }

  @Test
  void aSampleThatHalfOfTheRunsGetRightIsNeitherGainedNorLost() {
    var duel =
        new SampleDuel(
            List.of(answers(0, 1, 0), answers(1, 2, 2)),
            List.of(answers(0, 0, 1), answers(0, 0, 0)));

    assertThat(duel.differences(Change.GAINED, null, 10))
        .containsExactly(new Difference(1, 0, 0.0, 1.0, 1, 0));
    assertThat(duel.differences(Change.LOST, null, 10)).isEmpty();
    assertThat(duel.classes())
        .containsExactly(
            new ClassTally(2, 0.5, 2, 1, 0),
            new ClassTally(1, 0, 0.5, 0, 0),
            new ClassTally(0, 0, 0, 0, 0));
  }

  @Test
  void largerDifferencesComeFirstAndEqualOnesInSampleOrder() {
    SampleAnswers all = answers(0, 0, 1);
    SampleAnswers none = answers(2, 2, 2);
    var duel = new SampleDuel(List.of(answers(0, 2, 2), none, none), List.of(all, all));

    assertThat(duel.differences(Change.GAINED, null, 10))
        .extracting(Difference::index)
        .containsExactly(1, 2, 0);
    assertThat(duel.differences(Change.GAINED, null, 2)).hasSize(2);
    assertThat(duel.differences(Change.GAINED, 1, 10))
        .containsExactly(new Difference(2, 1, 0.0, 1.0, 2, 1));
    assertThat(new SampleDuel(List.of(all, all), List.of(none)).differences(Change.LOST, 0, 1))
        .containsExactly(new Difference(0, 0, 1.0, 0.0, 0, 2));
  }
}
