package io.millrace.trainer.model;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.task.DatasetDescription;
import java.util.List;

/**
 * What the last layer must be for a loss and the data's labels: a Dense layer with {@code softmax}
 * over the classes for the categorical crossentropies, {@code sigmoid} over the classes (or one
 * unit for two of them) for the binary one, and one unit a predicted value for {@code mse}.
 */
final class OutputRule {
  private OutputRule() {}

  static void check(Loss loss, List<NetworkPlan.Layer> layers, DatasetDescription data) {
    String field = "model.layers[" + (layers.size() - 1) + "]";
    NetworkPlan.Layer last = layers.get(layers.size() - 1);
    if (!(last.spec() instanceof LayerSpec.Dense dense)) {
      throw new InvalidMessageException(
          field, "the last layer must be Dense, and it is " + last.spec().type());
    }
    if (last.inputShape().size() > 1) {
      throw new InvalidMessageException(
          field,
          "puts out "
              + last.outputShape()
              + " for a sample, where labels are flat; put a Flatten before it, or give the last"
              + " recurrent layer return_sequences false");
    }
    if (data.classes() == null) {
      horizon(loss, field, dense, data.series().horizon());
    } else {
      classes(loss, field, dense, data.classes().size());
    }
  }

  private static void horizon(Loss loss, String field, LayerSpec.Dense dense, int horizon) {
    if (loss != Loss.MSE) {
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

  private static void classes(Loss loss, String field, LayerSpec.Dense dense, int classes) {
    boolean single = loss == Loss.BINARY_CROSSENTROPY && classes == 2 && dense.units() == 1;
    if (dense.units() != classes && !single) {
      throw new InvalidMessageException(
          field + ".units",
          dense.units()
              + " does not match the "
              + classes
              + " classes; give "
              + classes
              + (loss == Loss.BINARY_CROSSENTROPY && classes == 2 ? " or 1" : ""));
    }
    Activation needed =
        switch (loss) {
          case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY -> Activation.SOFTMAX;
          case BINARY_CROSSENTROPY -> Activation.SIGMOID;
          case MSE -> dense.activation();
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
