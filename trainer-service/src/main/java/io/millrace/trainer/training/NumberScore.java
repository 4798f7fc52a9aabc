package io.millrace.trainer.training;

import io.millrace.contracts.event.TrainingEvent.Baseline;
import io.millrace.contracts.event.TrainingEvent.Prediction;
import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.event.TrainingEvent.StepAhead;
import io.millrace.contracts.event.TrainingEvent.TargetScore;
import io.millrace.contracts.network.Units;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.ColumnScale;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Labels;
import io.millrace.trainer.network.Network.Outputs;
import io.millrace.trainer.network.OutputLoss;
import java.nio.FloatBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Compares predicted with true numbers, and scores baselines: for a series, persistence (every
 * future value equals the last one) and the value one season before; for rows, the training part's
 * mean. Loss and metrics are those of training. Predictions and their errors are in the columns'
 * units: over all steps ahead, by step, and by target.
 */
final class NumberScore implements TestScore {
  private static final String PERSISTENCE = "persistence";
  private static final String SEASONAL = "seasonal";

  private final TrainingRequest request;
  private final DatasetDescription data;
  private final Units units;
  private final OutputLoss loss;
  private final List<Double> truth = new ArrayList<>();
  private final List<Double> predicted = new ArrayList<>();
  private MetricSums model = MetricSums.ZERO;
  private final Errors ofModel;
  private final Map<String, Naive> naive = new TreeMap<>();

  /** The results of a baseline. */
  private final class Naive {
    private final String name;
    private MetricSums sums = MetricSums.ZERO;
    private final Errors errors = new Errors(data);

    Naive(String name) {
      this.name = name;
    }

    void add(float[] values, float[] targets, Labels labels) {
      var asOutputs = new Outputs(loss.mean(values, targets), values);
      sums = sums.plus(asOutputs, labels, request.metrics(), units);
      errors.add(values, targets);
    }

    Baseline baseline() {
      return new Baseline(name, sums.means("", request.metrics()));
    }
  }

  /** Sums of errors by output, in the scale of the network's outputs. */
  private static final class Errors {
    private final List<ColumnScale> targets;
    private final int steps;
    private final double[] absolute;
    private final double[] squares;
    private long samples;

    Errors(DatasetDescription data) {
      targets = data.series().targetScales();
      steps = data.series().horizon();
      absolute = new double[steps * targets.size()];
      squares = new double[absolute.length];
    }

    void add(float[] values, float[] labels) {
      for (int k = 0; k < values.length; k++) {
        double error = (double) values[k] - labels[k];
        absolute[k % absolute.length] += Math.abs(error);
        squares[k % squares.length] += error * error;
      }
      samples += values.length / absolute.length;
    }

    /** The mean absolute error of a target at one step ahead, in the target's units. */
    double mae(int step, int target) {
      return absolute[step * targets.size() + target] / samples * targets.get(target).scale();
    }

    double rmse(int step, int target) {
      return Math.sqrt(squares[step * targets.size() + target] / samples)
          * targets.get(target).scale();
    }

    /** The mean absolute error of a target over all steps ahead, in the target's units. */
    double mae(int target) {
      return sum(absolute, target) / (samples * steps) * targets.get(target).scale();
    }

    double rmse(int target) {
      return Math.sqrt(sum(squares, target) / (samples * steps)) * targets.get(target).scale();
    }

    private double sum(double[] values, int target) {
      double sum = 0;
      for (int i = target; i < values.length; i += targets.size()) {
        sum += values[i];
      }
      return sum;
    }
  }

  NumberScore(TrainingRequest request, DatasetDescription data) {
    this.request = request;
    this.data = data;
    units = Units.of(data);
    loss = new OutputLoss(request.loss(), data.labelValues(), units);
    ofModel = new Errors(data);
  }

  @Override
  public void add(Batch batch, Outputs outputs) {
    Labels labels = Labels.of(batch, request.dataset());
    int width = outputs.values().length / labels.size();
    float[] targets = labels.targets(width);
    model = model.plus(outputs, labels, request.metrics(), units);
    ofModel.add(outputs.values(), targets);
    answers(batch, targets.length, labels.size())
        .forEach(
            (name, values) -> naive.computeIfAbsent(name, Naive::new).add(values, targets, labels));
    for (int i = 0; i < labels.size() && truth.size() < Prediction.MAX_VALUES; i++) {
      truth.add(units.original(0, targets[i * width]));
      predicted.add(units.original(0, outputs.values()[i * width]));
    }
  }

  /**
   * The baselines' predictions: those that came with the batch, and those that follow from its
   * windows.
   */
  private static Map<String, float[]> answers(Batch batch, int length, int size) {
    var answers = new TreeMap<String, float[]>();
    batch
        .answers()
        .forEach(
            (name, tensor) -> {
              float[] values = new float[length];
              tensor.data().asFloatBuffer().get(values);
              answers.put(name, values);
            });
    if (batch.shape().size() == 3 && !answers.containsKey(PERSISTENCE)) {
      answers.put(PERSISTENCE, persistence(batch, length, size));
    }
    return answers;
  }

  @Override
  public RunEvaluated event(Instant at) {
    List<String> dates = data.series().testDates();
    Naive seasonal = naive.get(SEASONAL);
    Naive baseline =
        naive.values().stream().filter(answer -> answer != seasonal).findFirst().orElse(null);
    TargetScore first = score(0, baseline, seasonal);
    var prediction =
        new Prediction(
            dates == null || dates.size() < truth.size() ? null : dates.subList(0, truth.size()),
            truth,
            predicted,
            first.rmse(),
            first.mae(),
            first.baselineRmse(),
            first.baselineMae(),
            stepsAhead(baseline),
            first.seasonalRmse(),
            first.seasonalMae(),
            targets(baseline, seasonal));
    return new RunEvaluated(
        null,
        request.run(),
        at,
        Math.toIntExact(model.samples()),
        model.means("", request.metrics()),
        baseline == null ? null : baseline.baseline(),
        null,
        prediction,
        seasonal == null ? null : seasonal.baseline());
  }

  private List<TargetScore> targets(Naive baseline, Naive seasonal) {
    return data.series().targets() == null
        ? null
        : IntStream.range(0, data.series().targets().size())
            .mapToObj(target -> score(target, baseline, seasonal))
            .toList();
  }

  private TargetScore score(int target, Naive baseline, Naive seasonal) {
    return new TargetScore(
        data.series().targetScales().get(target).name(),
        ofModel.rmse(target),
        ofModel.mae(target),
        baseline == null ? null : (Double) baseline.errors.rmse(target),
        baseline == null ? null : (Double) baseline.errors.mae(target),
        seasonal == null ? null : (Double) seasonal.errors.rmse(target),
        seasonal == null ? null : (Double) seasonal.errors.mae(target));
  }

  private List<StepAhead> stepsAhead(Naive baseline) {
    int horizon = data.series().horizon();
    return horizon == 1
        ? null
        : IntStream.range(0, horizon)
            .mapToObj(
                step ->
                    new StepAhead(
                        ofModel.rmse(step, 0),
                        ofModel.mae(step, 0),
                        baseline == null ? null : (Double) baseline.errors.rmse(step, 0),
                        baseline == null ? null : (Double) baseline.errors.mae(step, 0)))
            .toList();
  }

  /** Persistence for a single column whose values are both input and target. */
  private static float[] persistence(Batch batch, int length, int size) {
    FloatBuffer windows = batch.features().data().asFloatBuffer();
    int steps = batch.shape().get(1);
    int features = batch.shape().get(2);
    int width = length / size;
    float[] values = new float[length];
    for (int i = 0; i < size; i++) {
      float last = windows.get((i * steps + steps - 1) * features) * batch.scale() + batch.offset();
      Arrays.fill(values, i * width, (i + 1) * width, last);
    }
    return values;
  }
}
