package io.millrace.results.evaluation;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.millrace.results.experiment.Spread;
import io.millrace.results.query.Table;
import io.millrace.results.statistics.ClassScores;
import io.millrace.results.statistics.ClassScores.Score;
import io.millrace.results.store.Evaluation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The evaluation of a run's model on the test part. */
@Schema(description = "The evaluation of a run's model on the test part.")
public record EvaluationView(
    @Schema(description = "The run's id.") String run,
    @Schema(description = "When.") Instant at,
    @Schema(description = "Of the test part.") Integer samples,
    @Schema(description = "Of the model: loss and those of the request; null: not finite.")
        Map<String, Object> metrics,
    @Schema(
            description =
                "The naive answer's score on the same samples: name, metrics (null: not finite).")
        Map<String, Object> baseline,
    @Schema(
            description =
                "The score of saying what was one season before; absent where no season was given.")
        Map<String, Object> seasonalBaseline,
    @Schema(
            description =
                "Of a classification: classes, and matrix, with the samples by true class (row)"
                    + " and predicted class (column).")
        Map<String, Object> confusion,
    @Schema(
            description =
                "Of a classification: its scores class by class; what would be divided by 0 is 0.")
        List<ClassScore> perClass,
    @Schema(description = "The mean of the classes' scores.") ClassScore macro,
    @Schema(description = "Their mean weighted by the classes' samples.") ClassScore weighted,
    @Schema(
            description =
                "Where numbers are predicted, in the column's units, of several targets the first"
                    + " one's: dates, truth, predicted, residuals (truth less"
                    + " predicted) of the first 10,000 values at most, residual_mean and"
                    + " residual_std over these, and of all samples and all steps ahead rmse, mae,"
                    + " baseline_rmse, baseline_mae; where the horizon is longer than 1,"
                    + " steps_ahead has these four for each step; seasonal_rmse and seasonal_mae"
                    + " where a season was given; targets has the errors of each target.")
        Map<String, Object> prediction)
    implements Table.Tabular {

  /** A class's scores. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  @Schema(description = "Scores of a class, or of their mean.")
  public record ClassScore(
      @Schema(name = "class", description = "Its name; absent of a mean.")
          @com.fasterxml.jackson.annotation.JsonProperty("class")
          String name,
      @Schema(description = "Of the samples predicted to be of the class, the share that is.")
          double precision,
      @Schema(description = "Of the samples of the class, the share that was predicted to be.")
          double recall,
      @Schema(description = "The harmonic mean of both.") double f1,
      @Schema(description = "Samples of the class.") long support) {

    public static ClassScore of(Score score) {
      return new ClassScore(
          score.name(), score.precision(), score.recall(), score.f1(), score.support());
    }
  }

  public static EvaluationView of(String run, Evaluation e) {
    ClassScores scores = scores(e.confusion);
    return new EvaluationView(
        run,
        e.at,
        e.samples,
        e.metrics,
        e.baseline,
        e.seasonalBaseline,
        e.confusion,
        scores == null ? null : scores.classes().stream().map(ClassScore::of).toList(),
        scores == null ? null : ClassScore.of(scores.macro()),
        scores == null ? null : ClassScore.of(scores.weighted()),
        withResiduals(e.prediction));
  }

  private static ClassScores scores(Map<String, Object> confusion) {
    if (confusion == null) {
      return null;
    }
    long[][] matrix =
        ((List<?>) confusion.get("matrix"))
            .stream()
                .map(
                    row ->
                        ((List<?>) row).stream().mapToLong(n -> ((Number) n).longValue()).toArray())
                .toArray(long[][]::new);
    return ClassScores.of(classes(confusion), matrix);
  }

  /** The names of the classes, by index. */
  public static List<String> classes(Map<String, Object> confusion) {
    return ((List<?>) confusion.get("classes")).stream().map(String::valueOf).toList();
  }

  private static Map<String, Object> withResiduals(Map<String, Object> prediction) {
    if (prediction == null
        || !(prediction.get("truth") instanceof List<?> truth)
        || !(prediction.get("predicted") instanceof List<?> predicted)) {
      return prediction;
    }
    var residuals = new ArrayList<Double>();
    var known = new ArrayList<Double>();
    for (int i = 0; i < Math.min(truth.size(), predicted.size()); i++) {
      Double residual =
          truth.get(i) instanceof Number value && predicted.get(i) instanceof Number guess
              ? (Double) (value.doubleValue() - guess.doubleValue())
              : null;
      residuals.add(residual);
      if (residual != null) {
        known.add(residual);
      }
    }
    var with = new LinkedHashMap<>(prediction);
    with.put("residuals", residuals);
    if (!known.isEmpty()) {
      Spread spread = Spread.of(known);
      with.put("residual_mean", spread.mean());
      with.put("residual_std", spread.std());
    }
    return with;
  }

  /** A row a class, or a row a value of a series; else a row a metric. */
  @Override
  public Table table() {
    String name = run + "-evaluation";
    if (perClass != null) {
      return new Table(
          name,
          List.of("class", "precision", "recall", "f1", "support"),
          () -> perClass.stream().<List<?>>map(EvaluationView::row).iterator());
    }
    if (prediction != null && prediction.get("residuals") instanceof List<?> residuals) {
      List<?> dates = prediction.get("dates") instanceof List<?> known ? known : List.of();
      List<?> truth = (List<?>) prediction.get("truth");
      List<?> predicted = (List<?>) prediction.get("predicted");
      return new Table(
          name,
          List.of("date", "truth", "predicted", "residual"),
          () ->
              IntStream.range(0, residuals.size())
                  .<List<?>>mapToObj(
                      i ->
                          Arrays.asList(
                              i < dates.size() ? dates.get(i) : null,
                              truth.get(i),
                              predicted.get(i),
                              residuals.get(i)))
                  .iterator());
    }
    return new Table(
        name,
        List.of("metric", "value"),
        () ->
            metrics.entrySet().stream()
                .<List<?>>map(metric -> Arrays.asList(metric.getKey(), metric.getValue()))
                .iterator());
  }

  private static List<?> row(ClassScore score) {
    return List.of(score.name(), score.precision(), score.recall(), score.f1(), score.support());
  }
}
