package io.millrace.results.statistics;

import io.millrace.contracts.event.SampleAnswers;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Two variants sample by sample: which test samples the runs of B get right that those of A get
 * wrong. A variant gets a sample right where more than half of its runs do, and wrong where fewer
 * do; where just half do, neither.
 */
public final class SampleDuel {
  private final List<SampleAnswers> a;
  private final List<SampleAnswers> b;
  private final int[] rightOfA;
  private final int[] rightOfB;

  /** What becomes of a sample from A to B. */
  public enum Change {
    /** B gets it right, and A wrong. */
    GAINED,
    /** A gets it right, and B wrong. */
    LOST
  }

  /**
   * A duel.
   *
   * @param a answers of the runs of A, one at least
   * @param b likewise, all to samples of the same classes in the same order
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
   * What becomes of a class.
   *
   * @param samples of the class
   * @param a how many of them a run of A gets right, on average
   * @param b likewise
   * @param gained how many B gets right, and A wrong
   * @param lost how many A gets right, and B wrong
   */
  public record ClassTally(int samples, double a, double b, int gained, int lost) {}

  /**
   * A sample of which A and B say different things.
   *
   * @param index in the test part
   * @param of the index of its class
   * @param a the share of A's runs that get it right
   * @param b likewise
   * @param answerOfA what most of A's runs take it for, the first of equal ones
   * @param answerOfB likewise
   */
  public record Difference(int index, int of, double a, double b, int answerOfA, int answerOfB) {}

  /** What becomes of each class. */
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
   * The samples that changed, those first whose shares of right runs differ most, of equal ones in
   * the order of the test part.
   *
   * @param ofClass the only one; null for all
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

  /** How far the shares are from one another, in units of 1 / (runs of A · runs of B). */
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
