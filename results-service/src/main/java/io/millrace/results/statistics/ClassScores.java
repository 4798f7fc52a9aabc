package io.millrace.results.statistics;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The scores of a classification by class, as in scikit-learn's {@code classification_report}: a
 * division by 0 gives 0.
 *
 * @param classes in the order of the confusion matrix
 * @param macro the mean over the classes
 * @param weighted the mean over the classes, weighted by their samples
 */
public record ClassScores(List<Score> classes, Score macro, Score weighted) {

  /**
   * The scores of a class, or their mean.
   *
   * @param name of the class; null for a mean
   * @param precision the share of the samples predicted as this class that belong to it
   * @param recall the share of the samples of this class that are predicted as it
   * @param f1 the harmonic mean of precision and recall
   * @param support samples of the class
   */
  public record Score(String name, double precision, double recall, double f1, long support) {}

  /**
   * The scores of a confusion matrix.
   *
   * @param names of the classes, by index
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
