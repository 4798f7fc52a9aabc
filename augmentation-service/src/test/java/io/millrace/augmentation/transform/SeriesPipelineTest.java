package io.millrace.augmentation.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.TransformSpec;
import io.millrace.contracts.request.TransformSpec.Jitter;
import io.millrace.contracts.request.TransformSpec.MagnitudeWarping;
import io.millrace.contracts.request.TransformSpec.OneOf;
import io.millrace.contracts.request.TransformSpec.Scaling;
import io.millrace.contracts.request.TransformSpec.Sequence;
import io.millrace.contracts.request.TransformSpec.TimeWarping;
import io.millrace.contracts.request.TransformSpec.WindowSlicing;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class SeriesPipelineTest {
  private static final int MANY = 20_000;

  private static SeriesPipeline pipeline(int window, TransformSpec... transforms) {
    return new SeriesPipeline(Augmentation.of(List.of(transforms)), window);
  }

  private static float[] noise(long seed, int window) {
    var random = SplitMix64.of(SplitMix64.Use.ORDER, seed, 0, 0);
    float[] values = new float[window];
    for (int i = 0; i < window; i++) {
      values[i] = (float) random.uniform(-3, 3);
    }
    return values;
  }

  private static float[] rising(int window) {
    float[] values = new float[window];
    for (int i = 0; i < window; i++) {
      values[i] = i;
    }
    return values;
  }

  private static float[] transformed(SeriesPipeline pipeline, int epoch, int sample, float[] from) {
    float[] values = from.clone();
    pipeline.apply(42, epoch, sample, values);
    return values;
  }

  /** A transform of each kind with these parameters. */
  private static List<TransformSpec> all(double ratio, double sigma, int knots, double p) {
    return List.of(
        new WindowSlicing(ratio, p),
        new Jitter(sigma, p),
        new Scaling(sigma, p),
        new MagnitudeWarping(sigma, knots, p),
        new TimeWarping(sigma, knots, p));
  }

  @Provide
  Arbitrary<TransformSpec> transforms() {
    return Arbitraries.of(all(0.7, 0.5, 4, 1));
  }

  @Provide
  Arbitrary<TransformSpec> anyTransforms() {
    Arbitrary<Double> sigmas = Arbitraries.of(0.0, 0.2, 10.0);
    Arbitrary<Double> ratios = Arbitraries.of(0.1, 0.5, 1.0);
    Arbitrary<Integer> knots = Arbitraries.of(1, 4, 100);
    return Arbitraries.oneOf(
        ratios.map(ratio -> new WindowSlicing(ratio, null)),
        sigmas.map(sigma -> new Jitter(sigma, null)),
        sigmas.map(sigma -> new Scaling(sigma, null)),
        sigmas.flatMap(sigma -> knots.map(k -> new MagnitudeWarping(sigma, k, null))),
        sigmas.flatMap(sigma -> knots.map(k -> new TimeWarping(sigma, k, null))));
  }

  @Property(tries = 50)
  void aWindowDependsOnlyOnItsKeyAndItsValues(
      @ForAll("transforms") TransformSpec spec,
      @ForAll @IntRange(max = 1_000_000) int epoch,
      @ForAll @IntRange(max = 1_000_000) int sample) {
    float[] window = noise(sample, 20);
    SeriesPipeline used = pipeline(20, spec);
    transformed(used, epoch + 7, sample + 3, noise(1, 20));
    float[] once = transformed(used, epoch, sample, window);
    assertThat(transformed(pipeline(20, spec), epoch, sample, window)).isEqualTo(once);
    assertThat(transformed(used, epoch + 1, sample, window)).isNotEqualTo(once);
    assertThat(transformed(used, epoch, sample + 1, window)).isNotEqualTo(once);
  }

  @Property(tries = 50)
  void aProbabilityOfZeroChangesNoBit(
      @ForAll float[] window, @ForAll int sample, @ForAll boolean nested) {
    List<TransformSpec> specs = all(0.5, 10, 3, nested ? 1 : 0);
    SeriesPipeline pipeline =
        nested
            ? pipeline(window.length, new OneOf(specs, 0.0), new Sequence(specs, 0.0))
            : pipeline(window.length, specs.toArray(TransformSpec[]::new));
    assertThat(transformed(pipeline, 0, sample, window)).isEqualTo(window);
  }

  @Property(tries = 1_000)
  void transformsWithoutSpreadChangeNoValue(
      @ForAll @IntRange(min = 1, max = 300) int length,
      @ForAll @IntRange(min = 1, max = 100) int knots,
      @ForAll int sample) {
    float[] window = noise(sample, length);
    var pipeline = pipeline(length, all(1, 0, knots, 1).toArray(TransformSpec[]::new));
    assertThat(transformed(pipeline, 0, sample, window)).isEqualTo(window);
  }

  @Property(tries = 1_000)
  void anyParametersGiveFiniteValues(
      @ForAll("anyTransforms") TransformSpec spec,
      @ForAll @IntRange(min = 1, max = 150) int length,
      @ForAll int sample) {
    for (float value : transformed(pipeline(length, spec), 0, sample, noise(sample, length))) {
      assertThat(value).isFinite();
    }
  }

  @Example
  void manyLargeFactorsGiveFiniteValues() {
    var scalings = new TransformSpec[TransformSpec.MAX_TRANSFORMS];
    Arrays.fill(scalings, new Scaling(10.0, null));
    scalings[50] = new TimeWarping(10.0, 4, null);
    for (int sample = 0; sample < 100; sample++) {
      float[] window = {Float.MAX_VALUE, -Float.MAX_VALUE, 1, 0};
      for (float value : transformed(pipeline(4, scalings), 0, sample, window)) {
        assertThat(value).isFinite();
      }
    }
  }

  @Property(tries = 1_000)
  void windowsOfOneAndTwoValuesWork(
      @ForAll("anyTransforms") TransformSpec spec, @ForAll int sample) {
    for (int length = 1; length <= 2; length++) {
      float[] window = noise(sample, length);
      float[] result = transformed(pipeline(length, spec), 0, sample, window);
      if (spec instanceof TimeWarping) {
        assertThat(result).isEqualTo(window);
      } else if (spec instanceof WindowSlicing) {
        assertThat(result[0]).isBetween(lowest(window), highest(window));
      }
    }
  }

  private static float lowest(float[] values) {
    float lowest = values[0];
    for (float value : values) {
      lowest = Math.min(lowest, value);
    }
    return lowest;
  }

  private static float highest(float[] values) {
    float highest = values[0];
    for (float value : values) {
      highest = Math.max(highest, value);
    }
    return highest;
  }

  @Property(tries = 1_000)
  void slicingAndTimeWarpingStayWithinTheRangeOfTheWindow(
      @ForAll @IntRange(min = 1, max = 60) int length,
      @ForAll @IntRange(min = 1, max = 10) int tenths,
      @ForAll int sample) {
    float[] window = noise(sample, length);
    var pipeline =
        pipeline(length, new WindowSlicing(tenths / 10.0, null), new TimeWarping(1.0, 4, null));
    for (float value : transformed(pipeline, 0, sample, window)) {
      assertThat(value).isBetween(lowest(window), highest(window));
    }
  }

  @Property(tries = 1_000)
  void aSliceIsStretchedEvenlyToTheLengthOfTheWindow(
      @ForAll @IntRange(min = 2, max = 60) int length, @ForAll int sample) {
    float[] slice =
        transformed(pipeline(length, new WindowSlicing(0.8, null)), 0, sample, rising(length));
    double span = Math.max(0, 0.8 * length - 1);
    for (int i = 0; i < length; i++) {
      assertThat(slice[i] - slice[0]).isCloseTo((float) (i * span / (length - 1)), within(1e-4f));
    }
    assertThat(slice[0]).isNotNegative();
    assertThat(slice[length - 1]).isLessThanOrEqualTo(length - 1);
  }

  @Example
  void startsOfSlicesAreUniform() {
    var pipeline = pipeline(10, new WindowSlicing(0.6, null));
    int[] quarters = new int[4];
    for (int sample = 0; sample < MANY; sample++) {
      quarters[(int) transformed(pipeline, 0, sample, rising(10))[0]]++;
    }
    for (int quarter : quarters) {
      assertThat(quarter).isCloseTo(MANY / 4, within(MANY / 50));
    }
  }

  @Property(tries = 1_000)
  void warpedTimeIncreasesAndKeepsItsEnds(
      @ForAll @IntRange(min = 1, max = 100) int knots,
      @ForAll @IntRange(min = 1, max = 300) int length,
      @ForAll int sample) {
    float[] times =
        transformed(pipeline(length, new TimeWarping(1.0, knots, null)), 0, sample, rising(length));
    assertThat(times[0]).isZero();
    assertThat(times[length - 1]).isEqualTo(length - 1);
    for (int i = 1; i < length; i++) {
      assertThat(times[i]).isGreaterThan(times[i - 1]);
    }
  }

  @Example
  void jitterIsNormalAndIndependentForEachValue() {
    var pipeline = pipeline(2, new Jitter(0.5, null));
    var first = new Moments();
    var products = new Moments();
    for (int sample = 0; sample < MANY; sample++) {
      float[] window = transformed(pipeline, 0, sample, new float[] {3, -1});
      first.add(window[0] - 3);
      products.add((window[0] - 3) * (window[1] + 1));
    }
    assertThat(first.mean()).isCloseTo(0, within(0.015));
    assertThat(first.variance()).isCloseTo(0.25, within(0.01));
    assertThat(products.mean()).isCloseTo(0, within(0.0075));
  }

  @Example
  void scalingUsesOneNormalFactorAroundOne() {
    var pipeline = pipeline(3, new Scaling(0.5, null));
    var factors = new Moments();
    for (int sample = 0; sample < MANY; sample++) {
      float[] window = transformed(pipeline, 0, sample, new float[] {1, 2, -4});
      factors.add(window[0]);
      assertThat(window[1]).isEqualTo(2 * window[0]);
      assertThat(window[2]).isEqualTo(-4 * window[0]);
    }
    assertThat(factors.mean()).isCloseTo(1, within(0.015));
    assertThat(factors.variance()).isCloseTo(0.25, within(0.01));
  }

  @Example
  void magnitudesAreWarpedByNormalFactorsAtTheKnots() {
    var pipeline = pipeline(7, new MagnitudeWarping(0.5, 2, null));
    var end = new Moments();
    var knot = new Moments();
    for (int sample = 0; sample < MANY; sample++) {
      float[] window = transformed(pipeline, 0, sample, new float[] {1, 1, 1, 1, 1, 1, 1});
      end.add(window[6]);
      knot.add(window[2]);
    }
    assertThat(end.mean()).isCloseTo(1, within(0.015));
    assertThat(end.variance()).isCloseTo(0.25, within(0.01));
    assertThat(knot.mean()).isCloseTo(1, within(0.015));
    assertThat(knot.variance()).isCloseTo(0.25, within(0.01));
  }

  @Example
  void warpedTimeHasTheOriginalTimeAsItsMean() {
    var pipeline = pipeline(11, new TimeWarping(0.2, 4, null));
    var middle = new Moments();
    var quarter = new Moments();
    for (int sample = 0; sample < MANY; sample++) {
      float[] times = transformed(pipeline, 0, sample, rising(11));
      middle.add(times[5]);
      quarter.add(times[2]);
    }
    assertThat(middle.mean()).isCloseTo(5, within(0.02));
    assertThat(quarter.mean()).isCloseTo(2, within(0.02));
    assertThat(middle.variance()).isBetween(0.05, 1.0);
  }

  @Example
  void aTransformIsAppliedWithItsProbability() {
    var pipeline = pipeline(1, new Jitter(1.0, 0.3));
    int changed = 0;
    for (int sample = 0; sample < MANY; sample++) {
      changed += transformed(pipeline, 0, sample, new float[] {7})[0] == 7 ? 0 : 1;
    }
    assertThat(changed / (double) MANY).isCloseTo(0.3, within(0.02));
  }

  @Example
  void switchingATransformOnKeepsTheDrawsOfTheOthers() {
    for (double p : new double[] {0, 0.5, 1}) {
      var others = new Sequence(List.of(new Jitter(1.0, p), new Scaling(0.3, null)), null);
      var alone = pipeline(1, new Scaling(0.2, null), new WindowSlicing(0.5, 0.0), others);
      var together = pipeline(1, new Scaling(0.2, null), new WindowSlicing(0.5, 1.0), others);
      for (int sample = 0; sample < 100; sample++) {
        float[] window = {sample};
        // A slice of one value is that value.
        assertThat(transformed(together, 0, sample, window))
            .isEqualTo(transformed(alone, 0, sample, window));
      }
    }
  }

  @Example
  void switchingAnInnerTransformOnKeepsTheDrawsOfTheOthers() {
    var off = pipeline(1, new Sequence(List.of(new Jitter(1.0, 0.0), new Scaling(0.3, 1.0)), null));
    var on = pipeline(1, new Sequence(List.of(new Jitter(1.0, 1.0), new Scaling(0.3, 1.0)), null));
    var jitter = pipeline(1, new Sequence(List.of(new Jitter(1.0, 1.0)), null));
    for (int sample = 0; sample < 100; sample++) {
      float factor = transformed(off, 0, sample, new float[] {1})[0];
      float jittered = transformed(jitter, 0, sample, new float[] {5})[0];
      assertThat(transformed(on, 0, sample, new float[] {5})[0])
          .isCloseTo(jittered * factor, within(1e-5f));
    }
  }

  @Example
  void twoTransformsOfOneKindDrawDifferentNumbers() {
    var pipeline = pipeline(1, new Scaling(0.5, null), new Scaling(0.5, null));
    var once = pipeline(1, new Scaling(0.5, null));
    float first = transformed(once, 0, 0, new float[] {1})[0];
    float both = transformed(pipeline, 0, 0, new float[] {1})[0];
    assertThat(both / first).isNotCloseTo(first, within(1e-3f));
  }

  @Example
  void oneOfChoosesUniformlyAndRespectsInnerProbabilities() {
    var one =
        new OneOf(
            List.of(new Scaling(1.0, 0.5), new TimeWarping(1.0, 1, null), new Jitter(1.0, null)),
            null);
    var pipeline = pipeline(3, one);
    var seen = new HashMap<String, Integer>();
    for (int sample = 0; sample < MANY; sample++) {
      float[] window = transformed(pipeline, 0, sample, new float[] {0, 1, 4});
      String kind = window[0] != 0 ? "jitter" : window[2] != 4 ? "scaling" : "ends stay";
      seen.merge(kind, 1, Integer::sum);
    }
    assertThat(seen.get("jitter") / (double) MANY).isCloseTo(1 / 3.0, within(0.02));
    assertThat(seen.get("scaling") / (double) MANY).isCloseTo(1 / 6.0, within(0.02));
  }

  @Example
  void aSequenceIsAppliedWholeOrNotAtAll() {
    var pipeline =
        pipeline(2, new Sequence(List.of(new Scaling(0.5, null), new Jitter(0.5, null)), 0.4));
    int whole = 0;
    for (int sample = 0; sample < MANY; sample++) {
      // Only jitter changes the zero.
      float[] window = transformed(pipeline, 0, sample, new float[] {0, 2});
      assertThat(window[0] == 0).isEqualTo(window[1] == 2);
      whole += window[0] == 0 ? 0 : 1;
    }
    assertThat(whole / (double) MANY).isCloseTo(0.4, within(0.02));
  }

  /** These numbers must not change; otherwise earlier runs could not be repeated. */
  @Example
  void theNumbersAreTheSameOnEveryMachine() {
    var pipeline = pipeline(4, all(0.7, 0.5, 3, 1).toArray(TransformSpec[]::new));
    assertThat(transformed(pipeline, 3, 5, new float[] {1, -2, 3, 0.5f}))
        .containsExactly(0.3856569f, -0.5110715f, -0.17663226f, 0.68930274f);
  }

  @Example
  void transformingManySamplesAllocatesAlmostNothing() {
    var pipeline =
        pipeline(
            60,
            new OneOf(all(0.7, 0.5, 4, 1), null),
            new Sequence(all(0.7, 0.5, 4, 0.5), null),
            new Jitter(0.1, null));
    float[] window = noise(1, 60);
    for (int sample = 0; sample < 2_000; sample++) {
      pipeline.apply(1, 0, sample, window);
    }
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int sample = 0; sample < 2_000; sample++) {
      pipeline.apply(1, 1, sample, window);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2_000);
  }

  @Example
  void eachSampleAndSeedDrawsDifferentNumbers() {
    var pipeline = pipeline(1, new Jitter(1.0, null));
    var seen = new HashSet<Float>();
    for (int seed = 0; seed < 10; seed++) {
      for (int sample = 0; sample < 10; sample++) {
        float[] window = {0};
        pipeline.apply(seed, 0, sample, window);
        seen.add(window[0]);
      }
    }
    assertThat(seen).hasSize(100);
  }

  @Example
  void imageTransformsAndWindowsOfAnotherLengthAreRefused() {
    assertThatThrownBy(() -> pipeline(3, new TransformSpec.Grayscale(null)))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("augmentation.transforms: grayscale does not transform series");
    assertThatThrownBy(() -> pipeline(3, new Jitter(null, null)).apply(0, 0, 0, new float[2]))
        .hasMessage("2 values are not a window of 3 values");
  }

  /** The mean and variance of numbers. */
  private static final class Moments {
    private int count;
    private double sum;
    private double squares;

    void add(double value) {
      count++;
      sum += value;
      squares += value * value;
    }

    double mean() {
      return sum / count;
    }

    double variance() {
      return squares / count - mean() * mean();
    }
  }
}
