package io.millrace.contracts.request;

import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/** What a request may ask for where numbers are predicted: nothing that needs classes. */
public final class NumberTarget {
  private NumberTarget() {}

  /**
   * Checks a request of whose data it is known.
   *
   * @throws InvalidMessageException naming {@code loss}, a metric or {@code class_weight}
   */
  public static void check(TrainingRequest request) {
    check(request.dataset(), request.loss(), request.metrics(), request.classWeight());
  }

  static void check(
      DatasetSpec dataset, LossSpec loss, List<Metric> metrics, ClassWeight classWeight) {
    boolean isSeries = dataset instanceof DatasetSpec.Series;
    String why =
        "needs class labels, but "
            + (isSeries ? "a series data set has none" : "the target is a number");
    String orElse = isSeries ? "" : ", or dataset.target_type: class";
    if (!loss.type().fitsNumbers()) {
      throw new InvalidMessageException(
          "loss", loss.type().json() + " " + why + "; give mse" + orElse);
    }
    for (int i = 0; i < metrics.size(); i++) {
      if (metrics.get(i).type().needsClasses()) {
        throw new InvalidMessageException(
            "metrics[" + i + "]", metrics.get(i).json() + " " + why + "; give mae" + orElse);
      }
    }
    if (classWeight != null) {
      throw new InvalidMessageException("class_weight", why);
    }
  }
}
