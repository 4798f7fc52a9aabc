package io.millrace.results.statistics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * An experiment with adaptive seeds, which adds seeds until its variants are decided. All variants
 * train the first seeds. At each look, the decided variants stop, and the undecided ones train
 * further seeds, with the baseline, until the next look.
 *
 * <p>Several looks and several variants increase the chance of false alarms. Both are corrected
 * for: the looks by {@link Spending}, the variants by Holm's step-down (S. Holm, 1979), whose
 * levels hold at every look (W. Maurer and F. Bretz, 2013). If no variant has an effect, at most 5%
 * of experiments report that a variant helps or hurts. A simulation in the tests verifies this.
 *
 * <p>A variant makes no relevant difference if the interval of the difference is within the
 * smallest effect on both sides (two one-sided tests, D. J. Schuirmann, 1987), at the level of the
 * look.
 *
 * @param metric by which the variants are judged
 * @param baseline the variant against which the others are judged
 * @param variants all variants, including the baseline
 * @param from seeds at the first look
 * @param to seeds at the last look
 * @param smallestEffect the smallest relevant difference; NaN if none was given
 */
public record AdaptivePlan(
    String metric,
    String baseline,
    List<String> variants,
    int from,
    int to,
    double smallestEffect) {

  public AdaptivePlan {
    variants = List.copyOf(variants);
  }

  /** The results of the runs. */
  public interface Results {
    /** Whether the run of a seed has ended, successfully or not. */
    boolean hasEnded(String variant, int seed);

    /** The metric of a run that has ended; null if it has none or it is not finite. */
    Double value(String variant, int seed);
  }

  /**
   * The progress of the experiment.
   *
   * @param wanted the seeds of each variant that have to be requested by now
   * @param finished whether no further runs are needed
   * @param decisions the current ones, of all variants except the baseline
   * @param looks so far
   */
  public record State(
      Map<String, Integer> wanted, boolean finished, List<Decision> decisions, List<Look> looks) {}

  /**
   * The decision on a variant.
   *
   * @param seeds after how many seeds it was made
   * @param low lower end of the interval of the difference to the baseline, at the level of the
   *     look; null without a spread
   * @param high its upper end
   */
  public record Decision(String variant, Verdict verdict, int seeds, Double low, Double high) {}

  /**
   * A look: an interim test of the variants that are undecided.
   *
   * @param seeds of each tested variant
   * @param decided variants that this look decided
   * @param undecided variants that train further seeds after it
   */
  public record Look(int seeds, List<String> decided, List<String> undecided) {}

  /** The seeds of a variant at each look, increasing by {@link #from} up to {@link #to}. */
  public int[] sizes() {
    var sizes = new ArrayList<Integer>();
    for (int n = from; n < to; n += from) {
      if (sizes.isEmpty() || 2 * (to - n) >= from) {
        sizes.add(n);
      }
    }
    sizes.add(to);
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * The state that follows from the runs. It depends only on the values of runs that have ended.
   */
  public State state(Results results) {
    return new Course(results).state();
  }

  private final class Course {
    private final Results results;
    private final int[] sizes = sizes();
    private final Map<String, Integer> wanted = new LinkedHashMap<>();
    private final Map<String, Finding> findings = new LinkedHashMap<>();
    private final List<Look> looks = new ArrayList<>();
    private int rejected;

    Course(Results results) {
      this.results = results;
      variants.forEach(variant -> wanted.put(variant, from));
      others().forEach(variant -> findings.put(variant, Finding.NONE));
    }

    private List<String> others() {
      return variants.stream().filter(variant -> !variant.equals(baseline)).toList();
    }

    private List<String> open() {
      return others().stream().filter(variant -> !findings.get(variant).isFinal()).toList();
    }

    State state() {
      for (int look = 0; look < sizes.length && !open().isEmpty(); look++) {
        int seeds = sizes[look];
        var needed = new ArrayList<>(open());
        needed.add(baseline);
        needed.forEach(variant -> wanted.put(variant, seeds));
        if (!needed.stream().allMatch(variant -> haveEnded(variant, seeds))) {
          return state(false);
        }
        look(look);
      }
      return state(true);
    }

    private State state(boolean finished) {
      return new State(
          Map.copyOf(wanted),
          finished,
          findings.entrySet().stream()
              .map(entry -> entry.getValue().decision(entry.getKey()))
              .toList(),
          List.copyOf(looks));
    }

    private boolean haveEnded(String variant, int seeds) {
      return IntStream.range(0, seeds).allMatch(seed -> results.hasEnded(variant, seed));
    }

    private void look(int look) {
      int seeds = sizes[look];
      Sample reference = sample(baseline, seeds);
      List<String> open = open();
      Map<String, Welch> tests = new LinkedHashMap<>();
      for (String variant : open) {
        Sample sample = sample(variant, seeds);
        if (sample != null && reference != null) {
          tests.put(variant, Welch.test(sample, reference));
        }
      }
      reject(look, tests);
      for (String variant : open()) {
        double level = level(look);
        Welch test = tests.get(variant);
        Verdict verdict = Verdict.UNDECIDED;
        if (test == null) {
          verdict = Verdict.NO_SPREAD;
        } else if (test.isWithin(smallestEffect, level)) {
          verdict = Verdict.NO_DIFFERENCE;
        }
        findings.put(variant, new Finding(verdict, seeds, test, level));
      }
      List<String> undecided = open();
      looks.add(
          new Look(
              seeds,
              open.stream().filter(variant -> !undecided.contains(variant)).toList(),
              undecided));
    }

    /**
     * Holm's step-down: a variant that helps or hurts passes its share of the level to the others.
     */
    private void reject(int look, Map<String, Welch> tests) {
      List<Map.Entry<String, Welch>> byP =
          tests.entrySet().stream()
              .filter(entry -> entry.getValue() != null)
              .sorted(Comparator.comparingDouble(entry -> entry.getValue().p()))
              .toList();
      for (Map.Entry<String, Welch> entry : byP) {
        double level = level(look);
        Welch test = entry.getValue();
        if (test.p() >= level) {
          return;
        }
        boolean better = test.difference() > 0 == Direction.isHigherBetter(metric);
        Verdict verdict = better ? Verdict.BETTER : Verdict.WORSE;
        findings.put(entry.getKey(), new Finding(verdict, sizes[look], test, level));
        rejected++;
      }
    }

    /** The level of a look for the undecided variants. */
    private double level(int look) {
      int share = variants.size() - 1 - rejected;
      return Spending.levels(sizes, (1 - Sample.CONFIDENCE) / share)[look];
    }

    private Sample sample(String variant, int seeds) {
      List<Double> values =
          IntStream.range(0, seeds)
              .mapToObj(seed -> results.value(variant, seed))
              .filter(Objects::nonNull)
              .toList();
      return values.isEmpty() ? null : Sample.of(values);
    }
  }

  /**
   * The result of a look for a variant.
   *
   * @param test null without a spread
   * @param level at which it was tested
   */
  private record Finding(Verdict verdict, int seeds, Welch test, double level) {
    static final Finding NONE = new Finding(Verdict.UNDECIDED, 0, null, Double.NaN);

    boolean isFinal() {
      return verdict.isDecided();
    }

    Decision decision(String variant) {
      if (test == null) {
        return new Decision(variant, verdict, seeds, null, null);
      }
      Sample.Interval interval = test.interval(1 - level);
      return new Decision(variant, verdict, seeds, interval.low(), interval.high());
    }
  }
}
