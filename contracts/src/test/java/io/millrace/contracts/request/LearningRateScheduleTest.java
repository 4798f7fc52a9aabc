package io.millrace.contracts.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.ExampleRequests;
import io.millrace.contracts.json.Messages;
import java.io.IOException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LearningRateScheduleTest {
  static Stream<JsonNode> kerasCases() throws IOException {
    var file = LearningRateScheduleTest.class.getResourceAsStream("keras_schedules.json");
    return StreamSupport.stream(ExampleRequests.JSON.readTree(file).spliterator(), false);
  }

  /** Keras computes in single precision. */
  @ParameterizedTest
  @MethodSource("kerasCases")
  void learningRatesMatchKeras(JsonNode given) {
    LearningRateSchedule schedule =
        Messages.readStrictly(
            given.get("schedule").toString().getBytes(), LearningRateSchedule.class);
    for (int i = 0; i < given.get("steps").size(); i++) {
      double expected = given.get("rates").get(i).doubleValue();
      assertThat(schedule.at(given.get("steps").get(i).longValue()))
          .as("step " + given.get("steps").get(i))
          .isCloseTo(expected, within(2e-6 * Math.abs(expected) + 1e-7));
    }
  }

  @Test
  void oneCycleRisesInTheFirstPartAndEndsFarBelowItsStart() {
    var cosines = new LearningRateSchedule.OneCycle(0.5, 110, 0.1, 10.0, 100.0, null);
    var lines =
        new LearningRateSchedule.OneCycle(0.5, 110, 0.1, 10.0, 100.0, AnnealStrategy.LINEAR);
    for (var schedule : new LearningRateSchedule[] {cosines, lines}) {
      assertThat(schedule.at(0)).isCloseTo(0.05, within(1e-12));
      assertThat(schedule.at(5)).isCloseTo((0.05 + 0.5) / 2, within(1e-12));
      assertThat(schedule.at(10)).isCloseTo(0.5, within(1e-12));
      assertThat(schedule.at(109)).isCloseTo(0.0005, within(1e-12));
      assertThat(schedule.at(5_000)).isCloseTo(0.0005, within(1e-12));
    }
    // A third of the way down: a quarter of the cosine's fall, a third of the line's.
    assertThat(cosines.at(43)).isCloseTo(0.5 - (0.5 - 0.0005) / 4, within(1e-12));
    assertThat(lines.at(43)).isCloseTo(0.5 - (0.5 - 0.0005) / 3, within(1e-12));
  }

  @Test
  void oneCycleWithoutRisingStepsStartsAtTheMaximumRate() {
    assertThat(new LearningRateSchedule.OneCycle(0.5, 4, 0.25, null, null, null).at(0))
        .isEqualTo(0.5);
  }

  @Test
  void everyRestartBeginsNearItsOwnHighestRate() {
    var schedule = new LearningRateSchedule.CosineDecayRestarts(0.1, 3, 1.5, 0.5, null);
    double start = 0;
    for (int restart = 0; restart < 30; restart++) {
      long step = (long) Math.ceil(start);
      assertThat(schedule.at(step))
          .as("restart %d", restart)
          .isCloseTo(0.1 * Math.pow(0.5, restart), within(0.08 * Math.pow(0.5, restart)));
      start += 3 * Math.pow(1.5, restart);
    }
  }

  /** The rate rises by five powers of ten in ten steps, and then stays the same. */
  @Test
  void aRangeTestRaisesTheRateByTheSameFactorAtEachStep() {
    var test = new LearningRateSchedule.RangeTest(1e-4, 1e5 * 1e-4, 10);
    assertThat(test.at(0)).isEqualTo(1e-4);
    assertThat(test.at(9)).isCloseTo(10, within(1e-12));
    assertThat(test.at(4) / test.at(3)).isCloseTo(test.at(1) / test.at(0), within(1e-12));
    assertThat(test.at(1_000)).isEqualTo(test.at(9));
    var defaults = new LearningRateSchedule.RangeTest(null, null, null);
    assertThat(defaults).isEqualTo(new LearningRateSchedule.RangeTest(1e-6, 1.0, 100));
  }
}
