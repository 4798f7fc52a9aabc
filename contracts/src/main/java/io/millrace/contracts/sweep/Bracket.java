package io.millrace.contracts.sweep;

import java.util.ArrayList;
import java.util.List;

/**
 * Trials that race: all train to the epochs of the first rung, and the best go on to the next.
 *
 * @param first the index of its first trial in the search
 * @param epochs of its rungs, rising, counted from the start of a trial
 * @param sizes how many trials reach each rung; those of the first are all of the bracket
 */
public record Bracket(int first, List<Integer> epochs, List<Integer> sizes) {
  public Bracket {
    epochs = List.copyOf(epochs);
    sizes = List.copyOf(sizes);
  }

  /** A bracket in which nobody is stopped. */
  static Bracket flat(int trials, int epochs) {
    return new Bracket(0, List.of(epochs), List.of(trials));
  }

  /**
   * A bracket of {@code steps + 1} rungs, the last of which has {@code maxEpochs}: from rung to
   * rung {@code factor} times as many epochs, and one trial of {@code factor} goes on.
   */
  static Bracket halving(int first, int trials, int maxEpochs, int factor, int steps) {
    var epochs = new ArrayList<Integer>();
    var sizes = new ArrayList<Integer>();
    for (int rung = 0; rung <= steps; rung++) {
      epochs.add((int) (maxEpochs / power(factor, steps - rung)));
      sizes.add((int) (trials / power(factor, rung)));
    }
    return new Bracket(first, epochs, sizes);
  }

  /** How many times a number can be divided by the factor before it is less than 1. */
  static int steps(int number, int factor) {
    int steps = 0;
    while (power(factor, steps + 1) <= number) {
      steps++;
    }
    return steps;
  }

  static long power(int factor, int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= factor;
    }
    return power;
  }

  /** How many trials it has. */
  public int trials() {
    return sizes.get(0);
  }

  /** How many rungs it has. */
  public int rungs() {
    return epochs.size();
  }

  /** Whether a trial of the search is one of its. */
  public boolean has(int trial) {
    return trial >= first && trial < first + trials();
  }
}
