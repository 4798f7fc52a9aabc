package io.millrace.trainer.model;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.LossSpec;
import io.millrace.contracts.task.DatasetDescription;
import java.util.List;

/**
 * What the last layer must be for a loss and the data's labels: a Dense layer with {@code softmax}
 * over the classes for the categorical crossentropies and the divergence, {@code sigmoid} over the
 * classes (or one unit for two of them) for the binary one, any activation for other losses, and
 * one unit a predicted value for a series.
 */
final class OutputRule {
  private OutputRule() {}

  static void check(LossSpec spec, List<NetworkPlan.Layer> layers, DatasetDescription data) {
    Loss loss = spec.type();
    String field = "model.layers[" + (layers.size() - 1) + "]";
    NetworkPlan.Layer last = layers.get(layers.size() - 1);
    if (!(last.spec() instanceof LayerSpec.Dense dense)) {
      throw new InvalidMessageException(
          field, "the last layer must be Dense, and it is " + last.spec().type());
    }
    if (data.classes() == null) {
      horizon(loss, field, dense, data.series().horizon());
    } else {
      classes(loss, field, dense, data.classes().size());
    }
  }

  private static void horizon(Loss loss, String field, LayerSpec.Dense dense, int horizon) {
    if (!loss.fitsSeries()) {
      throw new InvalidMessageException(
          "loss", loss.json() + " needs classes, which a series has not; give mse");
    }
    if (dense.units() != horizon) {
      throw new InvalidMessageException(
          field + ".units",
          dense.units()
              + " does not match the horizon: "
              + horizon
              + (horizon == 1 ? " value is" : " values are")
              + " predicted; give "
              + horizon);
    }
  }

  /** Whether one output can stand for the second of two classes. */
  private static boolean isOfIndependentOutputs(Loss loss) {
    return loss == Loss.BINARY_CROSSENTROPY || loss == Loss.HINGE || loss == Loss.SQUARED_HINGE;
  }

  private static void classes(Loss loss, String field, LayerSpec.Dense dense, int classes) {
    boolean mayBeSingle = classes == 2 && isOfIndependentOutputs(loss);
    boolean single = mayBeSingle && dense.units() == 1;
    if (dense.units() != classes && !single) {
      throw new InvalidMessageException(
          field + ".units",
          dense.units()
              + " does not match the "
              + classes
              + " classes; give "
              + classes
              + (mayBeSingle ? " or 1" : ""));
    }
    Activation needed =
        switch (loss) {
          case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY, KL_DIVERGENCE ->
              Activation.SOFTMAX;
          case BINARY_CROSSENTROPY -> Activation.SIGMOID;
          default -> dense.activation();
        };
    if (dense.activation() != needed) {
      throw new InvalidMessageException(
          field + ".activation",
          dense.activation().json()
              + " does not fit "
              + loss.json()
              + ", which needs probabilities; give "
              + needed.json());
    }
  }
}
