package io.millrace.results.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * The expected values come from SciPy 1.17.1: {@code stats.ttest_ind(a, b, equal_var=False)} with
 * its {@code confidence_interval(0.95)}, {@code stats.t.interval} with {@code stats.sem}, and for
 * Hedges' g the pooled deviation of NumPy with {@code special.gammaln}.
 */
class WelchTest {
  private static final Offset<Double> CLOSE = within(1e-9);

  private static final Sample HIGH = Sample.of(List.of(0.810, 0.803, 0.805));
  private static final Sample LOW = Sample.of(List.of(0.784, 0.790, 0.778));

  @Test
  void samplesOfEqualSizeGiveTheSameResultAsScipy() {
    Welch welch = Welch.test(HIGH, LOW);

    assertThat(welch.t()).isCloseTo(5.4435882523593015, CLOSE);
    assertThat(welch.df()).isCloseTo(3.277815699658704, CLOSE);
    assertThat(welch.p()).isCloseTo(0.009631622353116714, CLOSE);
    assertThat(welch.interval().low()).isCloseTo(0.009733532949598899, CLOSE);
    assertThat(welch.interval().high()).isCloseTo(0.034266467050400914, CLOSE);
    assertThat(welch.effectSize()).isCloseTo(3.5463345251573073, CLOSE);
  }

  @Test
  void samplesOfDifferentSizesGiveTheSameResultAsScipy() {
    Welch welch =
        Welch.test(
            Sample.of(List.of(12.5, 13.0, 11.0, 14.25, 12.0)), Sample.of(List.of(12.0, 15.0)));

    assertThat(welch.t()).isCloseTo(-0.5960830148812502, CLOSE);
    assertThat(welch.df()).isCloseTo(1.269119361073271, CLOSE);
    assertThat(welch.p()).isCloseTo(0.6397619978657203, CLOSE);
    assertThat(welch.interval().low()).isCloseTo(-13.407205435496145, within(1e-6));
    assertThat(welch.interval().high()).isCloseTo(11.507205435496147, within(1e-6));
    assertThat(welch.effectSize()).isCloseTo(-0.5564884956022527, CLOSE);
  }

  @Test
  void oneOfTheTwoSamplesMayHaveNoSpread() {
    Welch welch =
        Welch.test(Sample.of(List.of(1.0, 2.0, 3.0, 4.0)), Sample.of(List.of(1.0, 1.0, 1.0, 1.0)));

    assertThat(welch.t()).isCloseTo(2.32379000772445, CLOSE);
    assertThat(welch.df()).isCloseTo(3.0, CLOSE);
    assertThat(welch.p()).isCloseTo(0.10272807885839899, CLOSE);
    assertThat(welch.effectSize()).isCloseTo(1.4272992929222168, CLOSE);
  }

  @Test
  void aSingleValueOrTwoSamplesWithoutSpreadCannotBeTested() {
    Sample single = Sample.of(List.of(1.0));
    Sample equal = Sample.of(List.of(2.0, 2.0));
    assertThat(Welch.test(single, HIGH)).isNull();
    assertThat(Welch.test(HIGH, single)).isNull();
    assertThat(Welch.test(equal, equal)).isNull();
  }

  @Test
  void theConfidenceIntervalOfAMeanMatchesScipy() {
    assertThat(HIGH.mean()).isCloseTo(0.806, CLOSE);
    assertThat(HIGH.std()).isCloseTo(0.0036055512754639926, CLOSE);
    assertThat(HIGH.confidence().low()).isCloseTo(0.7970433141049704, CLOSE);
    assertThat(HIGH.confidence().high()).isCloseTo(0.8149566858950297, CLOSE);
    assertThat(Sample.of(List.of(1.0)).confidence()).isNull();
  }
}
