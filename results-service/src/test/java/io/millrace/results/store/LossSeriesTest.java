package io.millrace.results.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LossSeriesTest {
  private static LossSeries ofSteps(int size) {
    return new LossSeries(LongStream.range(0, size).toArray(), new int[size], new double[size]);
  }

  @Test
  void aFullAnswerNamesTheNextStepIfThereIsOne() {
    LossSeries full = ofSteps(LossStore.MAX_STEPS);

    assertThat(full.next(LossStore.MAX_STEPS)).isNull();
    assertThat(full.next(LossStore.MAX_STEPS + 1L)).isEqualTo(LossStore.MAX_STEPS);
    assertThat(ofSteps(10).next(20)).as("the last steps are not known").isNull();
  }
}
