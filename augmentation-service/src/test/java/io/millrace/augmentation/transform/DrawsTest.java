package io.millrace.augmentation.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.FillMode;
import io.millrace.contracts.request.ShiftRange;
import io.millrace.contracts.request.TransformSpec;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The draws have Keras' distributions: their range and moments over many samples match. */
class DrawsTest {
  private static final int DRAWS = 40_000;
  private static final int HEIGHT = 50;
  private static final int WIDTH = 100;

  private static double[] draws(String json, ToDoubleFunction<GeometricMap> parameter) {
    TransformSpec spec = Messages.read(json.getBytes(StandardCharsets.UTF_8), TransformSpec.class);
    var sampler = new ImageSampler(HEIGHT, WIDTH, 3, FillMode.NEAREST, 0, 1);
    var plan = new SamplePlan(sampler);
    TransformStep step = new TransformSteps(HEIGHT, WIDTH, 3).of(spec, 1);
    return IntStream.range(0, DRAWS)
        .mapToDouble(
            sample -> {
              plan.reset();
              step.draw(new TransformStep.Key(5, 0, sample), plan);
              return parameter.applyAsDouble(plan.map);
            })
        .toArray();
  }

  private static void assertUniform(double[] draws, double lower, double upper) {
    double mean = DoubleStream.of(draws).average().orElseThrow();
    double variance = DoubleStream.of(draws).map(d -> (d - mean) * (d - mean)).sum() / DRAWS;
    double range = upper - lower;
    assertThat(DoubleStream.of(draws).min().orElseThrow()).isBetween(lower, lower + range / 500);
    assertThat(DoubleStream.of(draws).max().orElseThrow()).isBetween(upper - range / 500, upper);
    // The tolerance is four standard errors of a uniform distribution's mean and variance.
    assertThat(mean).isCloseTo((lower + upper) / 2, offset(4 * range / Math.sqrt(12.0 * DRAWS)));
    assertThat(variance)
        .isCloseTo(range * range / 12, offset(4 * range * range / Math.sqrt(180.0 * DRAWS)));
  }

  private static Map<Double, Double> shares(double[] draws) {
    var shares = new TreeMap<Double, Double>();
    for (double draw : draws) {
      shares.merge(draw, 1.0 / DRAWS, Double::sum);
    }
    return shares;
  }

  @Test
  void anglesAreUniform() {
    assertUniform(
        draws(
            "{\"type\":\"rotation\",\"range\":30}",
            map -> Math.toDegrees(Math.atan2(map.at(1, 0), map.at(0, 0)))),
        -30,
        30);
    assertUniform(
        draws("{\"type\":\"shear\",\"range\":20}", map -> Math.toDegrees(Math.asin(-map.at(0, 1)))),
        -20,
        20);
  }

  @Test
  void zoomFactorsOfColumnsAndRowsAreUniformAndIndependent() {
    double[] columns = draws("{\"type\":\"zoom\",\"range\":0.2}", map -> map.at(0, 0));
    double[] rows = draws("{\"type\":\"zoom\",\"range\":0.2}", map -> map.at(1, 1));
    assertUniform(columns, 0.8, 1.2);
    assertUniform(rows, 0.8, 1.2);
    double product = 0;
    for (int i = 0; i < DRAWS; i++) {
      product += (columns[i] - 1) * (rows[i] - 1);
    }
    assertThat(product / DRAWS).isCloseTo(0, offset(4 * 0.4 * 0.4 / 12 / Math.sqrt(DRAWS)));
  }

  @Test
  void aFractionShiftsByAShareOfTheSize() {
    assertUniform(draws("{\"type\":\"shift\",\"width\":0.2}", map -> map.at(0, 2)), -20, 20);
    assertUniform(draws("{\"type\":\"shift\",\"height\":0.2}", map -> map.at(1, 2)), -10, 10);
    assertUniform(draws("{\"type\":\"shift\",\"width\":7.0}", map -> map.at(0, 2)), -7, 7);
  }

  @Test
  void anIntegerShiftsByWholePixelsAndZeroIsTwiceAsLikely() {
    Map<Double, Double> shares =
        shares(draws("{\"type\":\"shift\",\"width\":3}", map -> map.at(0, 2) + 0.0));

    assertThat(shares).containsOnlyKeys(-2.0, -1.0, 0.0, 1.0, 2.0);
    assertThat(shares.get(0.0)).isCloseTo(1 / 3.0, offset(0.01));
    assertThat(shares.get(-2.0)).isCloseTo(1 / 6.0, offset(0.01));
    assertThat(shares.get(1.0)).isCloseTo(1 / 6.0, offset(0.01));
  }

  @Test
  void aListShiftsByOneOfItsElementsWithARandomSign() {
    Map<Double, Double> pixels =
        shares(draws("{\"type\":\"shift\",\"height\":[2, 10]}", map -> map.at(1, 2)));
    assertThat(pixels).containsOnlyKeys(-10.0, -2.0, 2.0, 10.0);
    assertThat(pixels.values())
        .allSatisfy(share -> assertThat(share).isCloseTo(0.25, offset(0.01)));
    assertThat(shares(draws("{\"type\":\"shift\",\"width\":[0.1]}", map -> map.at(0, 2))))
        .containsOnlyKeys(-10.0, 10.0);
    assertThat(ShiftRange.NONE.isNone()).isTrue();
  }

  @Test
  void halfOfTheSamplesAreFlipped() {
    double flipped =
        DoubleStream.of(draws("{\"type\":\"horizontal_flip\"}", map -> map.at(0, 0) < 0 ? 1 : 0))
            .average()
            .orElseThrow();
    assertThat(flipped).isCloseTo(0.5, offset(4 * 0.5 / Math.sqrt(DRAWS)));
  }

  @Test
  void normalNumbersHaveTheMomentsOfTheNormalDistribution() {
    var random = SplitMix64.of(SplitMix64.Use.PIXELS, 1, 2, 3);
    double[] sums = new double[4];
    for (int i = 0; i < DRAWS; i++) {
      double tabled = NormalTable.of(random.nextLong());
      double exact = random.nextNormal();
      sums[0] += tabled;
      sums[1] += tabled * tabled;
      sums[2] += exact;
      sums[3] += exact * exact;
    }
    assertThat(sums[0] / DRAWS).isCloseTo(0, offset(4 / Math.sqrt(DRAWS)));
    assertThat(sums[1] / DRAWS).isCloseTo(1, offset(4 * Math.sqrt(2.0 / DRAWS)));
    assertThat(sums[2] / DRAWS).isCloseTo(0, offset(4 / Math.sqrt(DRAWS)));
    assertThat(sums[3] / DRAWS).isCloseTo(1, offset(4 * Math.sqrt(2.0 / DRAWS)));
    assertThat(NormalTable.quantile(0.975)).isCloseTo(1.959964, offset(1e-5));
    assertThat(NormalTable.quantile(0.01)).isCloseTo(-2.326348, offset(1e-5));
  }
}
