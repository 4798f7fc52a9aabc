package io.millrace.contracts.network;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.ActivationSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.ModelSpec;
import io.millrace.contracts.request.NumberTarget;
import io.millrace.contracts.request.PlacedLayer;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import java.util.List;

/**
 * Checks that the end of a network fits the loss and the labels. The output must be flat, with a
 * value for each class or predicted number. The categorical crossentropies and the divergence need
 * {@code softmax} over the classes; the binary crossentropy needs {@code sigmoid} over the classes,
 * or over a single value for two classes. The activation is that of the last Dense layer or a
 * separate last layer. Other losses take any activation.
 */
final class OutputRule {
  private OutputRule() {}

  /**
   * The output of a network.
   *
   * @param field the path of the output layer
   * @param unitsField the path of the number of outputs
   * @param activationField the path of their activation
   * @param units the number of output values for a sample
   */
  private record Output(
      String field, String unitsField, String activationField, int units, Activation activation) {}

  static void check(
      TrainingRequest request, List<NetworkPlan.Layer> layers, DatasetDescription data) {
    Loss loss = request.loss().type();
    if (!data.predictsClasses()) {
      NumberTarget.check(request);
    }
    Output output = output(request.model(), layers);
    if (!data.predictsClasses()) {
      values(output, data);
    } else {
      classes(loss, output, data.classes().size());
    }
  }

  /** The last layer, or the last two if the last one is an activation. */
  private static Output output(ModelSpec model, List<NetworkPlan.Layer> layers) {
    int index = layers.size() - 1;
    NetworkPlan.Layer last = layers.get(index);
    Activation own = activation(last.spec());
    if (own != null && last.inputs().get(0) != PlacedLayer.INPUT) {
      index = last.inputs().get(0);
      last = layers.get(index);
    }
    String field = model.path(index);
    if (last.outputShape().size() > 1) {
      throw new InvalidMessageException(
          field,
          "outputs "
              + last.outputShape()
              + " per sample, but labels are flat; add a Flatten or a global pooling layer after"
              + " it, or give the last recurrent layer return_sequences false");
    }
    int units = last.outputShape().get(0);
    if (!(last.spec() instanceof CoreSpec.Dense dense)) {
      Activation activation = own == null ? Activation.LINEAR : own;
      return new Output(field, field, model.path(layers.size() - 1), units, activation);
    }
    if (own != null && dense.activation() != Activation.LINEAR) {
      throw new InvalidMessageException(
          field + ".activation",
          dense.activation().json()
              + " is followed by another activation; leave out one of the two");
    }
    return own == null
        ? new Output(field, field + ".units", field + ".activation", units, dense.activation())
        : new Output(field, field + ".units", model.path(layers.size() - 1), units, own);
  }

  private static Activation activation(LayerSpec spec) {
    if (spec instanceof ActivationSpec.ActivationLayer layer) {
      return layer.activation();
    }
    return spec instanceof ActivationSpec.Softmax ? Activation.SOFTMAX : null;
  }

  private static void values(Output output, DatasetDescription data) {
    int steps = data.series().horizon();
    int values = data.labelValues();
    if (output.units != values) {
      throw new InvalidMessageException(
          output.unitsField,
          output.units
              + (values == steps
                  ? " does not match the horizon: "
                      + steps
                      + (steps == 1 ? " value is" : " values are")
                      + " predicted"
                  : " does not match the predicted values: "
                      + steps
                      + (steps == 1 ? " step" : " steps")
                      + " for each of "
                      + values / steps
                      + " targets")
              + "; give "
              + values);
    }
  }

  /** Whether a single output can represent two classes. */
  private static boolean isOfIndependentOutputs(Loss loss) {
    return loss == Loss.BINARY_CROSSENTROPY || loss == Loss.HINGE || loss == Loss.SQUARED_HINGE;
  }

  private static void classes(Loss loss, Output output, int classes) {
    boolean mayBeSingle = classes == 2 && isOfIndependentOutputs(loss);
    boolean single = mayBeSingle && output.units == 1;
    if (output.units != classes && !single) {
      throw new InvalidMessageException(
          output.unitsField,
          output.units
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
          default -> output.activation;
        };
    if (output.activation != needed) {
      throw new InvalidMessageException(
          output.activationField,
          output.activation.json()
              + " does not fit "
              + loss.json()
              + ", which needs probabilities; give "
              + needed.json()
              + (output.unitsField.equals(output.field) ? " as a separate last layer" : ""));
    }
  }
}
