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

/** What a run tells its user of its model, beyond what the request says. */
final class ModelNotes {
  private static final double LEVELS = 255;

  /** A factor that brings levels to the size of 1; 1 / 127.5 and 1 / 255 are usual. */
  private static final double SMALL = 0.02;

  private ModelNotes() {}

  /** A sentence each; empty where there is nothing to tell. */
  static List<String> of(TrainingRequest request, NetworkPlan plan, DatasetDescription data) {
    var notes = new ArrayList<String>();
    List<String> compiled = request.model().fromCompileConfig();
    if (compiled != null) {
      notes.add(
          "Taken from the Keras model, because the request does not give them: "
              + String.join(", ", compiled)
              + ".");
    }
    List<String> random = request.model().toAugmentation();
    if (random != null) {
      notes.add(
          "Taken out of the Keras model and given to the augmentation, where they do the same in"
              + " training alone: "
              + random.stream().map(place -> "model." + place).collect(Collectors.joining(", "))
              + ".");
    }
    String normalization = request.model().standardization();
    if (normalization != null) {
      notes.add(
          normalization
              + " is a Normalization without mean and variance. Where Keras adapts it to the"
              + " training part, the "
              + (request.dataset().isOfImages()
                  ? "images are standardized, by channel, with that part's mean and deviation"
                      + " (featurewise_std_normalization)."
                  : "data set's scaler, standard, does the same; features that hold names stay 0"
                      + " and 1."));
    }
    if (request.dataset().isOfImages()) {
      notes.addAll(scaledTwice(request));
    }
    if (!plan.inputShape().equals(data.sampleShape())) {
      notes.add(
          "The model takes samples of the shape "
              + plan.inputShape()
              + ": the data set's, "
              + data.sampleShape()
              + ", are reshaped.");
    }
    if (LayerMasks.applied(plan.layers()).stream().anyMatch(Objects::nonNull)) {
      notes.add(
          "Layers heed a mask of times: there is no model.onnx, whose operators know no masks, and"
              + " Deeplearning4j alone does not run model.zip.");
    }
    return notes;
  }

  /** A Rescaling at the head expects levels of 0 to 255, and gets 0 to 1 if not told otherwise. */
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
            request.model().path(i)
                + ".scale multiplies by "
                + Check.plain(layer.scale())
                + " what augmentation.rescale has brought to 0 to "
                + Check.plain(highest)
                + ". If the layer is meant for levels of 0 to 255, give augmentation.rescale 1.");
      }
    }
    return notes;
  }
}
