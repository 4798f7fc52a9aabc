package io.millrace.augmentation.dataset;

import io.millrace.augmentation.transform.SampleOrder;
import io.millrace.augmentation.transform.SplitMix64;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.Part;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

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

  /**
   * Draws a split.
   *
   * @param sizes samples of each class
   * @param testFraction 0 for no test part
   * @param validationFraction of what the test part leaves
   */
  static StratifiedSplit of(
      List<String> classes,
      int[] sizes,
      double testFraction,
      double validationFraction,
      long seed) {
    int[] tests = testFraction > 0 ? tests(sizes, testFraction) : new int[sizes.length];
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

  /**
   * Splits images by the parts that they come in. A part that they do not come in is drawn from
   * those for training: the test part by its share of them, then the validation part.
   */
  static StratifiedSplit of(
      List<String> names,
      List<ImageCollection.ImageClass> classes,
      Set<Part> given,
      DatasetSpec.Images spec) {
    StratifiedSplit drawn =
        of(
            names,
            classes.stream().mapToInt(of -> of.size(Part.TRAIN)).toArray(),
            given.contains(Part.TEST) ? 0 : spec.testFraction(),
            given.contains(Part.VALIDATION) ? 0 : spec.validationFraction(),
            spec.splitSeed());
    return new StratifiedSplit(
        drawn.train,
        given.contains(Part.VALIDATION) ? all(classes, Part.VALIDATION) : drawn.validation,
        given.contains(Part.TEST) ? all(classes, Part.TEST) : drawn.test);
  }

  /** The samples of a part, which follow those of the parts before it. */
  private static List<int[]> all(List<ImageCollection.ImageClass> classes, Part part) {
    return classes.stream()
        .map(
            of -> {
              int first = of.size(Part.TRAIN);
              first += part == Part.TEST ? of.size(Part.VALIDATION) : 0;
              return IntStream.range(first, first + of.size(part)).toArray();
            })
        .toList();
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
