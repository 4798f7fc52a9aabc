package io.millrace.trainer.training;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.network.Units;
import io.millrace.contracts.request.Metric;
import io.millrace.contracts.request.MetricType;
import io.millrace.trainer.network.Labels;

/**
 * The state of one metric over many samples, of bounded size. A checkpoint holds it, so that a
 * resumed epoch continues it exactly.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(Tally.Hits.class),
  @JsonSubTypes.Type(Tally.Errors.class),
  @JsonSubTypes.Type(Tally.ClassCounts.class),
  @JsonSubTypes.Type(Tally.Operating.class),
  @JsonSubTypes.Type(Tally.Variance.class)
})
public sealed interface Tally {

  /**
   * The data of a batch.
   *
   * @param outputs {@code [size, width]}
   * @param targets the expected outputs, of the same shape
   * @param labels the samples' labels
   * @param units the units of outputs and targets
   */
  record Seen(float[] outputs, float[] targets, Labels labels, int width, Units units) {}

  /** This tally plus a batch. */
  Tally plus(Seen seen);

  /** The metric over all samples; NaN without samples. */
  double value();

  /** The tally of no samples, for outputs of a width. */
  static Tally of(Metric metric, int width) {
    MetricType type = metric.type();
    return switch (type) {
      case ACC -> new Hits(0, 0, 0);
      case TOP_K_CATEGORICAL_ACCURACY -> new Hits(metric.k(), 0, 0);
      case MAE, MSE, RMSE, MAPE -> new Errors(type, 0, 0);
      case PRECISION, RECALL, F1 -> {
        int classes = Math.max(2, width);
        yield new ClassCounts(
            type, width == 1, new long[classes], new long[classes], new long[classes]);
      }
      case AUC -> new Operating(new double[Operating.THRESHOLDS], new double[Operating.THRESHOLDS]);
      case R2 -> new Variance(0, new double[width], new double[width], new double[width]);
    };
  }

  /**
   * Accuracy.
   *
   * @param k the true class counts as a hit among the k largest outputs; 0 for Keras' rule for the
   *     single predicted class
   */
  @JsonTypeName("hits")
  record Hits(int k, long hits, long samples) implements Tally {
    @Override
    public Tally plus(Seen seen) {
      long more = 0;
      for (int i = 0; i < seen.labels.size(); i++) {
        if (seen.labels.areClasses() && isHit(seen, i)) {
          more++;
        }
      }
      return new Hits(k, hits + more, samples + seen.labels.size());
    }

    /** As in Keras, an output is among the k largest if fewer than {@code k} exceed it. */
    private boolean isHit(Seen seen, int sample) {
      int label = seen.labels.classOf(sample);
      if (k == 0 || seen.width == 1) {
        return MetricSums.predictedClass(seen.outputs, sample, seen.width) == label;
      }
      int larger = 0;
      for (int j = 0; j < seen.width; j++) {
        if (seen.outputs[sample * seen.width + j] > seen.outputs[sample * seen.width + label]) {
          larger++;
        }
      }
      return larger < k;
    }

    @Override
    public double value() {
      return (double) hits / samples;
    }
  }

  /** Errors of single outputs: their sum and their number. */
  @JsonTypeName("errors")
  record Errors(MetricType of, double sum, long values) implements Tally {
    private static final double EPSILON = 1e-7;

    @Override
    public Tally plus(Seen seen) {
      double errors = sum;
      for (int i = 0; i < seen.targets.length; i++) {
        errors += error(seen, i);
      }
      return new Errors(of, errors, values + seen.outputs.length);
    }

    /** The error of an output; a percentage refers to values in their own units. */
    private double error(Seen seen, int i) {
      double target = seen.targets[i];
      double error = Math.abs(seen.outputs[i] - target);
      return switch (of) {
        case MSE, RMSE -> error * error;
        case MAPE ->
            100
                * error
                * seen.units.scale(i)
                / Math.max(Math.abs(seen.units.original(i, target)), EPSILON);
        default -> error;
      };
    }

    @Override
    public double value() {
      return of == MetricType.RMSE ? Math.sqrt(sum / values) : sum / values;
    }
  }

  /**
   * Samples by class.
   *
   * @param binary whether a single output predicts the second of two classes
   * @param hits samples of the class that are predicted to be of it
   * @param predicted samples that are predicted to be of the class
   * @param actual samples of the class
   */
  @JsonTypeName("class_counts")
  record ClassCounts(MetricType of, boolean binary, long[] hits, long[] predicted, long[] actual)
      implements Tally {
    @Override
    public Tally plus(Seen seen) {
      var sum = new ClassCounts(of, binary, hits.clone(), predicted.clone(), actual.clone());
      for (int i = 0; i < seen.labels.size(); i++) {
        int label = seen.labels.classOf(i);
        int answer = MetricSums.predictedClass(seen.outputs, i, seen.width);
        sum.actual[label]++;
        sum.predicted[answer]++;
        if (label == answer) {
          sum.hits[label]++;
        }
      }
      return sum;
    }

    @Override
    public double value() {
      if (binary) {
        return value(1);
      }
      double sum = 0;
      for (int c = 0; c < hits.length; c++) {
        sum += value(c);
      }
      return sum / hits.length;
    }

    private double value(int c) {
      return switch (of) {
        case PRECISION -> share(hits[c], predicted[c]);
        case RECALL -> share(hits[c], actual[c]);
        default -> share(2 * hits[c], predicted[c] + actual[c]);
      };
    }

    /** The share; 0 of nothing, as in Keras. */
    private static double share(long part, long whole) {
      return whole == 0 ? 0 : (double) part / whole;
    }
  }

  /**
   * Outputs in the intervals between Keras' 200 thresholds; those outside 0..1 count in the
   * outermost.
   *
   * @param positives weight of the outputs that should be 1
   * @param negatives weight of those that should be 0
   */
  @JsonTypeName("operating")
  record Operating(double[] positives, double[] negatives) implements Tally {
    static final int THRESHOLDS = 200;

    @Override
    public Tally plus(Seen seen) {
      var sum = new Operating(positives.clone(), negatives.clone());
      for (int i = 0; i < seen.outputs.length; i++) {
        int interval = (int) Math.ceil(seen.outputs[i] * (THRESHOLDS - 1)) - 1;
        int at = Math.max(0, Math.min(THRESHOLDS - 1, interval));
        sum.positives[at] += seen.targets[i];
        sum.negatives[at] += 1 - seen.targets[i];
      }
      return sum;
    }

    /** The area of the trapezoids under the curve, from the highest threshold down. */
    @Override
    public double value() {
      double allPositives = 0;
      double allNegatives = 0;
      for (int i = 0; i < THRESHOLDS; i++) {
        allPositives += positives[i];
        allNegatives += negatives[i];
      }
      double area = 0;
      double hits = 0;
      for (int i = THRESHOLDS - 1; i >= 0; i--) {
        area += negatives[i] * (hits + positives[i] / 2);
        hits += positives[i];
      }
      double whole = allPositives * allNegatives;
      return whole == 0 ? 0 : area / whole;
    }
  }

  /**
   * Sums by output.
   *
   * @param targets sums of the expected outputs
   * @param squares sums of their squares
   * @param residuals sums of squared errors
   */
  @JsonTypeName("variance")
  record Variance(long samples, double[] targets, double[] squares, double[] residuals)
      implements Tally {
    @Override
    public Tally plus(Seen seen) {
      var sum =
          new Variance(
              samples + seen.labels.size(), targets.clone(), squares.clone(), residuals.clone());
      for (int i = 0; i < seen.targets.length; i++) {
        double target = seen.targets[i];
        double error = seen.outputs[i] - target;
        sum.targets[i % seen.width] += target;
        sum.squares[i % seen.width] += target * target;
        sum.residuals[i % seen.width] += error * error;
      }
      return sum;
    }

    @Override
    public double value() {
      double sum = 0;
      for (int j = 0; j < targets.length; j++) {
        double total = squares[j] - targets[j] * targets[j] / samples;
        // Keras returns 0 for an output whose targets never change.
        sum += total == 0 && residuals[j] > 0 ? 0 : 1 - residuals[j] / total;
      }
      return sum / targets.length;
    }
  }
}
