package io.millrace.results.statistics;

import io.millrace.contracts.event.SampleAnswers;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Compares two variants, A and B, sample by sample: which test samples does B get right that A gets
 * wrong? A variant gets a sample right if more than half of its runs do, and wrong if fewer than
 * half do. With exactly half, it is neither.
 */
public final class SampleDuel {
  private final List<SampleAnswers> a;
  private final List<SampleAnswers> b;
  private final int[] rightOfA;
  private final int[] rightOfB;

  /** The change of a sample from A to B. */
  public enum Change {
    /** B gets it right, and A wrong. */
    GAINED,
    /** A gets it right, and B wrong. */
    LOST
  }

  /**
   * Creates the comparison.
   *
   * @param a the predictions of the runs of A, at least one
   * @param b the predictions of the runs of B, for the same samples in the same order
   */
  public SampleDuel(List<SampleAnswers> a, List<SampleAnswers> b) {
    this.a = List.copyOf(a);
    this.b = List.copyOf(b);
    rightOfA = right(a);
    rightOfB = right(b);
  }

  private static int[] right(List<SampleAnswers> runs) {
    int[] right = new int[runs.get(0).samples()];
    for (SampleAnswers run : runs) {
      for (int i = 0; i < right.length; i++) {
        right[i] += run.isRight(i) ? 1 : 0;
      }
    }
    return right;
  }

  /**
   * The comparison of a class.
   *
   * @param samples of the class
   * @param a how many of them a run of A gets right, on average
   * @param b how many of them a run of B gets right, on average
   * @param gained how many B gets right and A wrong
   * @param lost how many A gets right and B wrong
   */
  public record ClassTally(int samples, double a, double b, int gained, int lost) {}

  /**
   * A sample for which A and B differ.
   *
   * @param index among the test samples
   * @param of the index of its class
   * @param a the share of A's runs that get it right
   * @param b the share of B's runs that get it right
   * @param answerOfA the most frequent prediction of A's runs; the lowest class of a tie
   * @param answerOfB the most frequent prediction of B's runs; the lowest class of a tie
   */
  public record Difference(int index, int of, double a, double b, int answerOfA, int answerOfB) {}

  /** The comparison of each class. */
  public List<ClassTally> classes() {
    int classes = a.get(0).classes();
    int[] samples = new int[classes];
    long[] ofA = new long[classes];
    long[] ofB = new long[classes];
    int[] gained = new int[classes];
    int[] lost = new int[classes];
    for (int i = 0; i < rightOfA.length; i++) {
      int of = a.get(0).classOf(i);
      samples[of]++;
      ofA[of] += rightOfA[i];
      ofB[of] += rightOfB[i];
      gained[of] += is(Change.GAINED, i) ? 1 : 0;
      lost[of] += is(Change.LOST, i) ? 1 : 0;
    }
    return IntStream.range(0, classes)
        .mapToObj(
            c ->
                new ClassTally(
                    samples[c],
                    (double) ofA[c] / a.size(),
                    (double) ofB[c] / b.size(),
                    gained[c],
                    lost[c]))
        .toList();
  }

  private boolean is(Change change, int sample) {
    int forA = Integer.compare(2 * rightOfA[sample], a.size());
    int forB = Integer.compare(2 * rightOfB[sample], b.size());
    return change == Change.GAINED ? forB > 0 && forA < 0 : forA > 0 && forB < 0;
  }

  /**
   * The samples with a change, ordered by the difference of their shares of right runs, largest
   * first; ties are in the order of the test samples.
   *
   * @param ofClass only samples of this class; null for all classes
   * @param limit the most samples
   */
  public List<Difference> differences(Change change, Integer ofClass, int limit) {
    return IntStream.range(0, rightOfA.length)
        .filter(i -> is(change, i) && (ofClass == null || a.get(0).classOf(i) == ofClass))
        .boxed()
        .sorted(Comparator.<Integer>comparingLong(this::distance).reversed())
        .limit(limit)
        .map(this::difference)
        .toList();
  }

  /** The difference of the shares, in units of 1 / (runs of A · runs of B). */
  private long distance(int sample) {
    return Math.abs((long) rightOfB[sample] * a.size() - (long) rightOfA[sample] * b.size());
  }

  private Difference difference(int sample) {
    return new Difference(
        sample,
        a.get(0).classOf(sample),
        (double) rightOfA[sample] / a.size(),
        (double) rightOfB[sample] / b.size(),
        commonest(a, sample),
        commonest(b, sample));
  }

  private static int commonest(List<SampleAnswers> runs, int sample) {
    int[] votes = new int[runs.get(0).classes()];
    int most = 0;
    for (SampleAnswers run : runs) {
      votes[run.answerOf(sample)]++;
    }
    for (int c = 1; c < votes.length; c++) {
      most = votes[c] > votes[most] ? c : most;
    }
    return most;
  }
}
