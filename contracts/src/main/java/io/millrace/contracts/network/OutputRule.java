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
 * What a network must end with for a loss and the data's labels: flat values, one for each class or
 * predicted number. The categorical crossentropies and the divergence need {@code softmax} over the
 * classes, the binary one {@code sigmoid} over the classes (or one value for two of them), as the
 * activation of a last Dense layer or as a layer of its own; other losses take any.
 */
final class OutputRule {
  private OutputRule() {}

  /**
   * A network's end.
   *
   * @param field of the layer whose values are the outputs
   * @param unitsField of their number
   * @param activationField of their activation
   * @param units values of a sample
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

  /** The last layer, or the last two where an activation of its own comes last. */
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
          "puts out "
              + last.outputShape()
              + " for a sample, where labels are flat; put a Flatten or a global pooling behind it,"
              + " or give the last recurrent layer return_sequences false");
    }
    int units = last.outputShape().get(0);
    if (!(last.spec() instanceof CoreSpec.Dense dense)) {
      Activation activation = own == null ? Activation.LINEAR : own;
      return new Output(field, field, model.path(layers.size() - 1), units, activation);
    }
    if (own != null && dense.activation() != Activation.LINEAR) {
      throw new InvalidMessageException(
          field + ".activation",
          dense.activation().json() + " stands before another activation; leave one of them out");
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
                  : " does not match what is predicted: "
                      + steps
                      + (steps == 1 ? " step" : " steps")
                      + " ahead of "
                      + values / steps
                      + " targets")
              + "; give "
              + values);
    }
  }

  /** Whether one output can stand for the second of two classes. */
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
              + (output.unitsField.equals(output.field)
                  ? " as a layer of its own at the end"
                  : ""));
    }
  }
}
