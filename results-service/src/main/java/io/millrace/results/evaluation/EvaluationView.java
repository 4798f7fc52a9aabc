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
    @Schema(description = "When the model was evaluated.") Instant at,
    @Schema(description = "Number of samples in the test part.") Integer samples,
    @Schema(description = "Metrics of the model: loss and those of the request; null: not finite.")
        Map<String, Object> metrics,
    @Schema(
            description =
                "The naive baseline on the same samples: name, metrics (null: not finite).")
        Map<String, Object> baseline,
    @Schema(
            description =
                "The baseline that repeats the value from one season earlier; absent if no season"
                    + " was given.")
        Map<String, Object> seasonalBaseline,
    @Schema(
            description =
                "For classification: classes, and matrix with the samples by true class (row) and"
                    + " predicted class (column).")
        Map<String, Object> confusion,
    @Schema(description = "For classification: the scores of each class; a division by 0 gives 0.")
        List<ClassScore> perClass,
    @Schema(description = "The mean of the class scores.") ClassScore macro,
    @Schema(description = "The mean of the class scores, weighted by the number of samples.")
        ClassScore weighted,
    @Schema(
            description =
                "For predicted numbers, in the units of the column (with several targets, for the"
                    + " first): dates, truth, predicted and residuals (truth minus predicted) of"
                    + " the first 10,000 values at most, with their residual_mean and residual_std;"
                    + " rmse, mae, baseline_rmse and baseline_mae over all samples and all steps"
                    + " ahead. If the horizon is longer than 1, steps_ahead has these four for each"
                    + " step. seasonal_rmse and seasonal_mae exist if a season was given. targets"
                    + " has the errors of each target.")
        Map<String, Object> prediction)
    implements Table.Tabular {

  /** The scores of a class. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  @Schema(description = "Scores of a class, or a mean over all classes.")
  public record ClassScore(
      @Schema(name = "class", description = "The name of the class; absent for a mean.")
          @com.fasterxml.jackson.annotation.JsonProperty("class")
          String name,
      @Schema(description = "The share of the samples predicted as this class that belong to it.")
          double precision,
      @Schema(description = "The share of the samples of this class that were predicted as it.")
          double recall,
      @Schema(description = "The harmonic mean of precision and recall.") double f1,
      @Schema(description = "Number of samples of the class.") long support) {

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

  /** One row per class, or per value of a series; otherwise one row per metric. */
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
