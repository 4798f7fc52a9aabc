package io.millrace.results.statistics;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A classification class by class, as scikit-learn's {@code classification_report} has it: what
 * would be divided by 0 is 0.
 *
 * @param classes in the order of the confusion matrix
 * @param macro the mean over the classes
 * @param weighted by their samples
 */
public record ClassScores(List<Score> classes, Score macro, Score weighted) {

  /**
   * Scores of a class, or of their mean.
   *
   * @param name of the class; null for a mean
   * @param precision of the samples predicted to be of the class, the share that is
   * @param recall of the samples of the class, the share that was predicted to be
   * @param f1 the harmonic mean of both
   * @param support samples of the class
   */
  public record Score(String name, double precision, double recall, double f1, long support) {}

  /**
   * Of a confusion matrix.
   *
   * @param names by index
   * @param matrix samples by true class (row) and predicted class (column)
   */
  public static ClassScores of(List<String> names, long[][] matrix) {
    List<Score> scores =
        IntStream.range(0, matrix.length).mapToObj(i -> score(names.get(i), matrix, i)).toList();
    long samples = scores.stream().mapToLong(Score::support).sum();
    return new ClassScores(
        scores,
        mean(scores, samples, score -> 1.0 / scores.size()),
        mean(scores, samples, score -> ratio(score.support(), samples)));
  }

  private static Score score(String name, long[][] matrix, int i) {
    long support = 0;
    long predicted = 0;
    for (int j = 0; j < matrix.length; j++) {
      support += matrix[i][j];
      predicted += matrix[j][i];
    }
    long hits = matrix[i][i];
    return new Score(
        name,
        ratio(hits, predicted),
        ratio(hits, support),
        ratio(2 * hits, support + predicted),
        support);
  }

  private static Score mean(List<Score> scores, long samples, ToDoubleFunction<Score> weight) {
    double precision = 0;
    double recall = 0;
    double f1 = 0;
    for (Score score : scores) {
      double share = weight.applyAsDouble(score);
      precision += share * score.precision();
      recall += share * score.recall();
      f1 += share * score.f1();
    }
    return new Score(null, precision, recall, f1, samples);
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
