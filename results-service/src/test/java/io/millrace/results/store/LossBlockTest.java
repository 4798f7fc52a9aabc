package io.millrace.results.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class LossBlockTest {
  private static final long FIRST = 3 * LossBlock.STEPS;

  private record Known(int epoch, double loss) {}

  @RepeatedTest(20)
  void aBlockKeepsTheLatestLossOfEveryStep(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var block = LossBlock.empty(7, 3);
    var expected = new TreeMap<Long, Known>();
    for (int write = 0; write < 20; write++) {
      var pieces = new ArrayList<Rows.Steps>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        pieces.add(piece(random));
      }
      for (Rows.Steps piece : pieces) {
        for (long step = piece.firstStep(); step < piece.end(); step++) {
          if (LossBlock.of(step) == 3) {
            Double loss = piece.losses().get((int) (step - piece.firstStep()));
            expected.put(step, new Known(piece.epoch(), loss == null ? Double.NaN : loss));
          }
        }
      }

      block = block.with(pieces);

      assertThat(known(block)).isEqualTo(expected);
      assertThat(block.with(pieces)).as("the same losses again").isSameAs(block);
    }
  }

  /** Steps of which at least one is in the block. */
  private static Rows.Steps piece(Random random) {
    long firstStep = FIRST - 50 + random.nextInt(LossBlock.STEPS + 49);
    int least = (int) Math.max(0, FIRST - firstStep);
    Double[] losses = new Double[least + 1 + random.nextInt(200)];
    Arrays.setAll(losses, i -> random.nextInt(10) == 0 ? null : random.nextGaussian());
    return new Rows.Steps("run", null, random.nextInt(3), firstStep, Arrays.asList(losses));
  }

  @Test
  void anUnknownStepDiffersFromANonFiniteLoss() {
    var block =
        LossBlock.empty(7, 3)
            .with(
                List.of(
                    new Rows.Steps("run", null, 0, FIRST + 4, List.of(0.5)),
                    new Rows.Steps("run", null, 0, FIRST + 1, Collections.singletonList(null))));

    assertThat(known(block))
        .isEqualTo(Map.of(FIRST + 1, new Known(0, Double.NaN), FIRST + 4, new Known(0, 0.5)));
  }

  @Test
  void lossesThatSpanSeveralBlocksAreReadAsOneSeries() {
    List<Double> losses = new ArrayList<>();
    for (int i = 0; i < 2 * LossBlock.STEPS; i++) {
      losses.add((double) i);
    }
    var piece = new Rows.Steps("run", null, 0, FIRST - 10, losses);

    LossSeries series =
        LossSeries.of(
            List.of(
                LossBlock.empty(7, 2).with(List.of(piece)),
                LossBlock.empty(7, 3).with(List.of(piece)),
                LossBlock.empty(7, 4).with(List.of(piece))),
            FIRST - 1,
            Long.MAX_VALUE);

    assertThat(series.steps()).startsWith(FIRST - 1, FIRST).isSorted();
    assertThat(series.losses()).startsWith(9.0, 10.0).endsWith(2.0 * LossBlock.STEPS - 1);
  }

  private static Map<Long, Known> known(LossBlock block) {
    var known = new TreeMap<Long, Known>();
    block.forEach((step, epoch, loss) -> known.put(step, new Known(epoch, loss)));
    return known;
  }
}
