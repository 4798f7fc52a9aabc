package io.millrace.results.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class LossSpanTest {
  private static final long FIRST = 5 * LossBlock.STEPS;

  @RepeatedTest(20)
  void aSpanHasTheCountTheMeanAndTheExtremesOfItsSteps(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    LossBlock block = block(random);
    LossSeries series = LossSeries.of(List.of(block), 0, Long.MAX_VALUE);

    List<LossSpan> spans = LossSpan.of(block, LossSpan.STEPS);

    assertThat(spans.stream().mapToInt(LossSpan::known).sum()).isEqualTo(series.size());
    for (LossSpan span : spans) {
      LossSeries own =
          LossSeries.of(List.of(block), span.last() - LossSpan.STEPS + 1, span.last() + 1);
      double[] finite = Arrays.stream(own.losses()).filter(Double::isFinite).toArray();
      assertThat(span.last() % LossSpan.STEPS).isEqualTo(LossSpan.STEPS - 1);
      assertThat(span.known()).isEqualTo(own.size()).isPositive();
      assertThat(span.finite()).isEqualTo(finite.length);
      if (finite.length > 0) {
        assertThat(span.mean())
            .isCloseTo(Arrays.stream(finite).average().orElseThrow(), Offset.offset(1e-12));
        assertThat(span.least()).isEqualTo(point(own, Arrays.stream(finite).min().orElseThrow()));
        assertThat(span.most()).isEqualTo(point(own, Arrays.stream(finite).max().orElseThrow()));
      } else {
        assertThat(span.mean()).isNaN();
        assertThat(span.least().step()).isEqualTo(own.steps()[0]);
        assertThat(span.least().loss()).isNaN();
      }
    }
  }

  private static LossSpan.Point point(LossSeries series, double loss) {
    for (int i = 0; i < series.size(); i++) {
      if (series.losses()[i] == loss) {
        return new LossSpan.Point(series.steps()[i], series.epochs()[i], loss);
      }
    }
    throw new AssertionError("no loss of " + loss);
  }

  @RepeatedTest(20)
  void theSpansOfAFullBlockAreReadAsTheyWereWritten(RepetitionInfo repetition) {
    LossBlock block = block(new Random(repetition.getCurrentRepetition()));

    assertThat(LossSpan.of(FIRST, LossSpan.bytes(block)))
        .isEqualTo(LossSpan.of(block, LossSpan.STEPS));
  }

  @Test
  void spansOfOneStepEqualTheSteps() {
    LossBlock block =
        LossBlock.empty(7, 5)
            .with(List.of(new Rows.Steps("run", null, 3, FIRST, List.of(1.5, 2.5))));

    var first = new LossSpan.Point(FIRST, 3, 1.5);
    var second = new LossSpan.Point(FIRST + 1, 3, 2.5);
    assertThat(LossSpan.of(block, 1))
        .containsExactly(
            new LossSpan(FIRST, 1, 1, 1.5, first, first),
            new LossSpan(FIRST + 1, 1, 1, 2.5, second, second));
  }

  /** A block that has its last step, gaps, and losses that are not finite. */
  private static LossBlock block(Random random) {
    var pieces = new ArrayList<Rows.Steps>();
    pieces.add(new Rows.Steps("run", null, 9, FIRST + LossBlock.STEPS - 1, List.of(4.0)));
    for (int i = 0; i < 12; i++) {
      Double[] losses = new Double[1 + random.nextInt(100)];
      boolean none = random.nextInt(4) == 0;
      Arrays.setAll(losses, at -> none || random.nextInt(10) == 0 ? null : random.nextGaussian());
      long from = FIRST + random.nextInt(LossBlock.STEPS - losses.length);
      pieces.add(new Rows.Steps("run", null, random.nextInt(3), from, Arrays.asList(losses)));
    }
    return LossBlock.empty(7, 5).with(pieces);
  }
}
