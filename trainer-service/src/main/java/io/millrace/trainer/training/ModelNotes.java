package io.millrace.trainer.training;

import io.millrace.contracts.Check;
import io.millrace.contracts.network.LayerMasks;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.PlacedLayer;
import io.millrace.contracts.request.PreprocessingSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** Notes on a run's model for its user, beyond what the request says. */
final class ModelNotes {
  private static final double LEVELS = 255;

  /** A factor that brings levels to about 1; 1 / 127.5 and 1 / 255 are usual. */
  private static final double SMALL = 0.02;

  private ModelNotes() {}

  /** The notes, each one a sentence; empty if there are none. */
  static List<String> of(TrainingRequest request, NetworkPlan plan, DatasetDescription data) {
    var notes = new ArrayList<String>();
    List<String> compiled = request.model().fromCompileConfig();
    if (compiled != null) {
      notes.add(
          "The Keras model supplies these values, which the request does not give: "
              + String.join(", ", compiled)
              + ".");
    }
    List<String> random = request.model().toAugmentation();
    if (random != null) {
      notes.add(
          "These layers of the Keras model are replaced by augmentation, which has the same effect"
              + " and applies in training only: "
              + random.stream().map(place -> "model." + place).collect(Collectors.joining(", "))
              + ".");
    }
    String normalization = request.model().standardization();
    if (normalization != null) {
      notes.add(
          normalization
              + " is a Normalization layer without mean and variance. In place of Keras' adapt,"
              + " the "
              + (request.dataset().isOfImages()
                  ? "images are standardized by channel with the training part's mean and standard"
                      + " deviation (featurewise_std_normalization)."
                  : "data set's standard scaler does the same; one-hot features stay 0 and 1."));
    }
    if (request.dataset().isOfImages()) {
      notes.addAll(scaledTwice(request));
    }
    if (!plan.inputShape().equals(data.sampleShape())) {
      notes.add(
          "The model takes samples of shape "
              + plan.inputShape()
              + "; the data set's samples of shape "
              + data.sampleShape()
              + " are reshaped.");
    }
    if (LayerMasks.applied(plan.layers()).stream().anyMatch(Objects::nonNull)) {
      notes.add(
          "Layers use a mask of time steps. ONNX operators have no masks, so the run stores no"
              + " model.onnx, and model.zip does not run on Deeplearning4j alone.");
    }
    return notes;
  }

  /** A Rescaling layer at the input expects levels of 0 to 255, and gets 0 to 1 by default. */
  private static List<String> scaledTwice(TrainingRequest request) {
    double highest = LEVELS * request.augmentation().rescale();
    var notes = new ArrayList<String>();
    List<PlacedLayer> layers = request.model().placed();
    for (int i = 0; i < layers.size(); i++) {
      if (layers.get(i).inputs().contains(PlacedLayer.INPUT)
          && layers.get(i).layer() instanceof PreprocessingSpec.Rescaling layer
          && highest <= SMALL * LEVELS
          && Math.abs(layer.scale()) <= SMALL) {
        notes.add(
            "augmentation.rescale scales the values to 0 to "
                + Check.plain(highest)
                + ", and then "
                + request.model().path(i)
                + ".scale multiplies them by "
                + Check.plain(layer.scale())
                + ". If the layer expects levels of 0 to 255, set augmentation.rescale to 1.");
      }
    }
    return notes;
  }
}
