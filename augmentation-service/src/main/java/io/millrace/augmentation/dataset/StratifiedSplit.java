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
 * A split that takes the same share of every class: the total is the rounded share of all samples,
 * distributed to the classes by largest remainder. A class with at least two samples that gets no
 * test sample this way gets an extra one. The samples drawn from a class depend only on the seed
 * and the class.
 *
 * @param train samples of each class, ascending
 * @param validation the same, from the samples outside the test part
 * @param test the same
 */
record StratifiedSplit(List<int[]> train, List<int[]> validation, List<int[]> test) {

  /**
   * Draws a split.
   *
   * @param sizes the number of samples of each class
   * @param testFraction 0 for no test part
   * @param validationFraction of the samples outside the test part
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
   * Splits images that come in parts. A part that does not exist is drawn from the training images:
   * first the test part, then the validation part.
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

  /** The samples of an existing part, which follow those of the parts before it. */
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

  /** The number of samples in all classes of a part. */
  static int count(List<int[]> part) {
    return part.stream().mapToInt(samples -> samples.length).sum();
  }

  private static int[] sorted(int[] order, int from, int to) {
    int[] samples = Arrays.copyOfRange(order, from, to);
    Arrays.sort(samples);
    return samples;
  }

  /**
   * The number of test samples of each class: its share, and at least one if the class has two or
   * more samples.
   */
  static int[] tests(int[] sizes, double fraction) {
    int[] tests = shares(sizes, fraction);
    for (int i = 0; i < sizes.length; i++) {
      if (tests[i] == 0 && sizes[i] > 1) {
        tests[i] = 1;
      }
    }
    return tests;
  }

  /**
   * The number of samples of each class; the total is the share of all samples, with halves rounded
   * up.
   */
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
