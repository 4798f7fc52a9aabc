package io.millrace.contracts.sweep;

import java.util.ArrayList;
import java.util.List;

/**
 * Trials that compete: all train to the epochs of the first rung, and the best continue to the next
 * rung.
 *
 * @param first the index of its first trial in the search
 * @param epochs the epochs of its rungs, ascending, counted from the start of a trial
 * @param sizes the number of trials that reach each rung; the first rung has all trials of the
 *     bracket
 */
public record Bracket(int first, List<Integer> epochs, List<Integer> sizes) {
  public Bracket {
    epochs = List.copyOf(epochs);
    sizes = List.copyOf(sizes);
  }

  /** A bracket that stops no trial. */
  static Bracket flat(int trials, int epochs) {
    return new Bracket(0, List.of(epochs), List.of(trials));
  }

  /**
   * A bracket of {@code steps + 1} rungs that ends with {@code maxEpochs}. Each rung has {@code
   * factor} times the epochs of the one before, and one of {@code factor} trials reaches it.
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

  /** How often a number can be divided by the factor without falling below 1. */
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

  /** The number of its trials. */
  public int trials() {
    return sizes.get(0);
  }

  /** The number of its rungs. */
  public int rungs() {
    return epochs.size();
  }

  /** Whether a trial of the search belongs to this bracket. */
  public boolean has(int trial) {
    return trial >= first && trial < first + trials();
  }
}
