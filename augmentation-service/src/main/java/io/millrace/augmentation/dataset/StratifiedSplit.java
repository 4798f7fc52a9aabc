package io.millrace.augmentation.dataset;

import io.millrace.augmentation.transform.SampleOrder;
import io.millrace.augmentation.transform.SplitMix64;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A split that takes the same share of every class: in all the rounded share of all samples, handed
 * out to the classes by largest remainder. A class of two samples or more that gets no test sample
 * by that gets one beyond it. Which samples of a class are drawn depends on the seed and the class
 * alone.
 *
 * @param train samples of each class, ascending
 * @param validation likewise, out of what the test part leaves
 * @param test likewise
 */
record StratifiedSplit(List<int[]> train, List<int[]> validation, List<int[]> test) {

  static StratifiedSplit of(
      List<String> classes,
      int[] sizes,
      double testFraction,
      double validationFraction,
      long seed) {
    int[] tests = tests(sizes, testFraction);
    int[] left = new int[sizes.length];
    Arrays.setAll(left, i -> sizes[i] - tests[i]);
    int[] validations = shares(left, validationFraction);
    var train = new ArrayList<int[]>();
    var validation = new ArrayList<int[]>();
    var test = new ArrayList<int[]>();
    for (int i = 0; i < sizes.length; i++) {
      int[] order = SampleOrder.ascending(sizes[i]);
      SplitMix64.of(SplitMix64.Use.SPLIT, seed, classes.get(i).hashCode(), 0).shuffle(order);
      int validationEnd = tests[i] + validations[i];
      test.add(sorted(order, 0, tests[i]));
      validation.add(sorted(order, tests[i], validationEnd));
      train.add(sorted(order, validationEnd, sizes[i]));
    }
    return new StratifiedSplit(train, validation, test);
  }

  /** Samples in all classes of a part. */
  static int count(List<int[]> part) {
    return part.stream().mapToInt(samples -> samples.length).sum();
  }

  private static int[] sorted(int[] order, int from, int to) {
    int[] samples = Arrays.copyOfRange(order, from, to);
    Arrays.sort(samples);
    return samples;
  }

  /** How many of each class are for the test: its share, and one at least of two or more. */
  static int[] tests(int[] sizes, double fraction) {
    int[] tests = shares(sizes, fraction);
    for (int i = 0; i < sizes.length; i++) {
      if (tests[i] == 0 && sizes[i] > 1) {
        tests[i] = 1;
      }
    }
    return tests;
  }

  /** How many of each class; the total is the share of all, halves rounded up. */
  static int[] shares(int[] sizes, double fraction) {
    BigDecimal share = BigDecimal.valueOf(fraction);
    int[] shares = new int[sizes.length];
    var remainders = new BigDecimal[sizes.length];
    int total = 0;
    for (int i = 0; i < sizes.length; i++) {
      BigDecimal exact = share.multiply(BigDecimal.valueOf(sizes[i]));
      shares[i] = exact.intValue();
      remainders[i] = exact.subtract(BigDecimal.valueOf(shares[i]));
      total += sizes[i];
    }
    int missing =
        share.multiply(BigDecimal.valueOf(total)).setScale(0, RoundingMode.HALF_UP).intValueExact()
            - Arrays.stream(shares).sum();
    Integer[] byRemainder = new Integer[sizes.length];
    Arrays.setAll(byRemainder, i -> i);
    Arrays.sort(byRemainder, Comparator.comparing(i -> remainders[i].negate()));
    for (int i = 0; i < missing; i++) {
      shares[byRemainder[i]]++;
    }
    return shares;
  }
}
