package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;

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

  /** A callback that compares a metric with its best value so far. */
  sealed interface Monitoring {
    @Describe(
        "A metric that the request computes, by its name in events, such as val_loss or" + " acc.")
    String monitor();

    @Describe("Direction in which the metric improves.")
    MonitorMode mode();
  }

  /** Completes the run when a metric has stopped improving. */
  @JsonTypeName("EarlyStopping")
  record EarlyStopping(
      @Default("val_loss") String monitor,
      @Describe("Smallest change that counts as an improvement.")
          @Range(min = 0, max = 1e9)
          @Default("0")
          Double minDelta,
      @Describe("Epochs without improvement before the callback acts.")
          @Range(min = 0, max = 10_000)
          @Default("0")
          Integer patience,
      @Default("auto") MonitorMode mode,
      @Describe("Value that the metric must also beat to count as improved. Default: none.")
          @Range(min = -1e12, max = 1e12)
          Double baseline,
      @Describe("Whether the run ends with the weights of the best epoch.") @Default("false")
          Boolean restoreBestWeights,
      @Describe("Epochs at the start that are ignored.") @Range(min = 0, max = 10_000) @Default("0")
          Integer startFromEpoch)
      implements CallbackSpec, Monitoring {
    private static final FieldRules RULES = FieldRules.of(EarlyStopping.class);

    public EarlyStopping {
      monitor = checkMonitor(RULES.check("monitor", monitor));
      minDelta = RULES.check("min_delta", minDelta);
      patience = RULES.check("patience", patience);
      mode = RULES.check("mode", mode);
      baseline = RULES.check("baseline", baseline);
      restoreBestWeights = RULES.check("restore_best_weights", restoreBestWeights);
      startFromEpoch = RULES.check("start_from_epoch", startFromEpoch);
    }
  }

  /**
   * Multiplies the learning rate, which must be a number, by a factor when a metric has stopped
   * improving.
   */
  @JsonTypeName("ReduceLROnPlateau")
  record ReduceLROnPlateau(
      @Default("val_loss") String monitor,
      @Describe("Factor of the learning rate.") @Range(above = 0, below = 1) @Default("0.1")
          Double factor,
      @Describe("Epochs without improvement before the callback acts.")
          @Range(min = 0, max = 10_000)
          @Default("10")
          Integer patience,
      @Default("auto") MonitorMode mode,
      @Describe("Smallest change that counts as an improvement.")
          @Range(min = 0, max = 1e9)
          @Default("0.0001")
          Double minDelta,
      @Describe("Epochs after a reduction that do not count towards patience.")
          @Range(min = 0, max = 10_000)
          @Default("0")
          Integer cooldown,
      @Describe("Smallest learning rate.") @Range(min = 0, max = LearningRate.MAX) @Default("0")
          Double minLr)
      implements CallbackSpec, Monitoring {
    private static final FieldRules RULES = FieldRules.of(ReduceLROnPlateau.class);

    public ReduceLROnPlateau {
      monitor = checkMonitor(RULES.check("monitor", monitor));
      factor = RULES.check("factor", factor);
      patience = RULES.check("patience", patience);
      mode = RULES.check("mode", mode);
      minDelta = RULES.check("min_delta", minDelta);
      cooldown = RULES.check("cooldown", cooldown);
      minLr = RULES.check("min_lr", minLr);
    }
  }

  /**
   * Selects the model that is stored and evaluated on the test part: that of the best epoch or, as
   * without this callback, that of the last one.
   */
  @JsonTypeName("ModelCheckpoint")
  record ModelCheckpoint(
      @Default("val_loss") String monitor,
      @Describe("true: the model of the best epoch; false: the model of the last epoch.")
          @Default("false")
          Boolean saveBestOnly,
      @Default("auto") MonitorMode mode,
      @Describe("Value that the metric must beat first. Default: none.")
          @Range(min = -1e12, max = 1e12)
          Double initialValueThreshold)
      implements CallbackSpec, Monitoring {
    private static final FieldRules RULES = FieldRules.of(ModelCheckpoint.class);

    public ModelCheckpoint {
      monitor = checkMonitor(RULES.check("monitor", monitor));
      saveBestOnly = RULES.check("save_best_only", saveBestOnly);
      mode = RULES.check("mode", mode);
      initialValueThreshold = RULES.check("initial_value_threshold", initialValueThreshold);
    }
  }

  /** Fails the run when the loss is not finite; every run does so anyway. */
  @JsonTypeName("TerminateOnNaN")
  record TerminateOnNaN() implements CallbackSpec {}

  /** The monitor by its name in events; Keras has several names for some metrics. */
  private static String checkMonitor(String monitor) {
    String name = Check.text("monitor", monitor, 100);
    String prefix = name.startsWith("val_") ? "val_" : "";
    try {
      return prefix + Metric.parse(name.substring(prefix.length())).json();
    } catch (InvalidMessageException e) {
      return name;
    }
  }
}
