package io.millrace.trainer.training;

import io.millrace.contracts.network.LayerMasks;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** What a run tells its user of its model, beyond what the request says. */
final class ModelNotes {
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
    if (!plan.inputShape().equals(data.sampleShape())) {
      notes.add(
          "The model takes samples of the shape "
              + plan.inputShape()
              + ": the data set's, "
              + data.sampleShape()
              + ", are reshaped.");
    }
    if (LayerMasks.heeded(plan.layers()).stream().anyMatch(Objects::nonNull)) {
      notes.add(
          "Layers heed a mask of times: there is no model.onnx, whose operators know no masks, and"
              + " Deeplearning4j alone does not run model.zip.");
    }
    return notes;
  }
}
