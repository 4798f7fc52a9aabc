package io.millrace.trainer.training;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import java.util.ArrayList;
import java.util.List;

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
    if (!plan.inputShape().equals(data.sampleShape())) {
      notes.add(
          "The model takes samples of the shape "
              + plan.inputShape()
              + ": the data set's, "
              + data.sampleShape()
              + ", are reshaped.");
    }
    return notes;
  }
}
