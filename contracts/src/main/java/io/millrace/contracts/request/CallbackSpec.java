package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;

/**
 * What watches a run's epochs, by Keras' name and with Keras' parameters and defaults. A metric
 * that is not finite is never an improvement, as NaN in Keras.
 *
 * @see <a href="https://keras.io/api/callbacks/">Keras' callbacks</a>
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(CallbackSpec.EarlyStopping.class),
  @JsonSubTypes.Type(CallbackSpec.ReduceLROnPlateau.class),
  @JsonSubTypes.Type(CallbackSpec.ModelCheckpoint.class),
  @JsonSubTypes.Type(CallbackSpec.TerminateOnNaN.class)
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface CallbackSpec {

  /** The callback's type, by Keras' name. */
  default String type() {
    return getClass().getSimpleName();
  }

  /** A callback that compares a metric with its best so far. */
  sealed interface Monitoring {
    /** The metric's name in events: {@code val_loss}, {@code acc}, … */
    String monitor();

    /** Which way it gets better. */
    MonitorMode mode();
  }

  /**
   * Ends the run well when a metric has stopped getting better.
   *
   * @param monitor default {@code val_loss}
   * @param minDelta what counts as better, 0..1e9; default 0
   * @param patience epochs without, 0..10,000; default 0
   * @param mode default {@code auto}
   * @param baseline what is to be beaten too; default none
   * @param restoreBestWeights whether the run ends with the weights of the best epoch; default
   *     false
   * @param startFromEpoch epochs that are not looked at, 0..10,000; default 0
   */
  @JsonTypeName("EarlyStopping")
  record EarlyStopping(
      String monitor,
      Double minDelta,
      Integer patience,
      MonitorMode mode,
      Double baseline,
      Boolean restoreBestWeights,
      Integer startFromEpoch)
      implements CallbackSpec, Monitoring {
    public EarlyStopping {
      monitor = checkMonitor(monitor);
      minDelta = checkDelta(minDelta, 0);
      patience = checkEpochs("patience", patience, 0);
      mode = Check.orElse(mode, MonitorMode.AUTO);
      checkValue("baseline", baseline);
      restoreBestWeights = Check.orElse(restoreBestWeights, false);
      startFromEpoch = checkEpochs("start_from_epoch", startFromEpoch, 0);
    }
  }

  /**
   * Multiplies the learning rate, which must be a number, when a metric has stopped getting better.
   *
   * @param monitor default {@code val_loss}
   * @param factor above 0, below 1; default 0.1
   * @param patience epochs without, 0..10,000; default 10
   * @param mode default {@code auto}
   * @param minDelta what counts as better, 0..1e9; default 0.0001
   * @param cooldown epochs after a reduction that are not counted, 0..10,000; default 0
   * @param minLr written {@code min_lr}: below it the rate never falls, 0..1,000; default 0
   */
  @JsonTypeName("ReduceLROnPlateau")
  record ReduceLROnPlateau(
      String monitor,
      Double factor,
      Integer patience,
      MonitorMode mode,
      Double minDelta,
      Integer cooldown,
      Double minLr)
      implements CallbackSpec, Monitoring {
    public ReduceLROnPlateau {
      monitor = checkMonitor(monitor);
      factor = Check.orElse(factor, 0.1);
      Check.below("factor", factor, 0, 1);
      Check.positive("factor", factor, 1);
      patience = checkEpochs("patience", patience, 10);
      mode = Check.orElse(mode, MonitorMode.AUTO);
      minDelta = checkDelta(minDelta, 1e-4);
      cooldown = checkEpochs("cooldown", cooldown, 0);
      minLr = Check.range("min_lr", Check.orElse(minLr, 0.0), 0, LearningRate.MAX);
    }
  }

  /**
   * Which model is stored, and evaluated on the test part: that of the best epoch, or, as without
   * it, that of the last one.
   *
   * @param monitor default {@code val_loss}
   * @param saveBestOnly default false: the last
   * @param mode default {@code auto}
   * @param initialValueThreshold what is to be beaten first; default none
   */
  @JsonTypeName("ModelCheckpoint")
  record ModelCheckpoint(
      String monitor, Boolean saveBestOnly, MonitorMode mode, Double initialValueThreshold)
      implements CallbackSpec, Monitoring {
    public ModelCheckpoint {
      monitor = checkMonitor(monitor);
      saveBestOnly = Check.orElse(saveBestOnly, false);
      mode = Check.orElse(mode, MonitorMode.AUTO);
      checkValue("initial_value_threshold", initialValueThreshold);
    }
  }

  /** Fails a run whose loss is not finite, which every run does anyway. */
  @JsonTypeName("TerminateOnNaN")
  record TerminateOnNaN() implements CallbackSpec {}

  /** The monitor by the name that events have, which is one of several that Keras knows. */
  private static String checkMonitor(String monitor) {
    String name = Check.text("monitor", Check.orElse(monitor, "val_loss"), 100);
    String prefix = name.startsWith("val_") ? "val_" : "";
    try {
      return prefix + Metric.parse(name.substring(prefix.length())).json();
    } catch (InvalidMessageException e) {
      return name;
    }
  }

  private static double checkDelta(Double delta, double defaultValue) {
    return Check.range("min_delta", Check.orElse(delta, defaultValue), 0, 1e9);
  }

  private static int checkEpochs(String field, Integer epochs, int defaultValue) {
    return Check.range(field, Check.orElse(epochs, defaultValue), 0, 10_000);
  }

  private static void checkValue(String field, Double value) {
    if (value != null) {
      Check.range(field, value, -1e12, 1e12);
    }
  }
}
