package io.millrace.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.dl4j.Samples;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelNotesTest {
  private static List<String> notes(String input, String fields) {
    return notes("", input, fields);
  }

  /** The notes for a model with other layers first. */
  private static List<String> notes(String first, String input, String fields) {
    String request =
        """
        {"dataset": {"name": "d", "classes": ["a", "b"], "image_size": 6, "color_mode": "grayscale"},
         "model": {"keras": {"class_name": "Sequential",
           "config": {"layers": [%s
             {"class_name": "Flatten", "config": {"batch_input_shape": [null, %s]}},
             {"class_name": "Dense", "config": {"units": 2, "activation": "softmax"}}]},
           "compile_config": {"optimizer": "sgd", "loss": "categorical_crossentropy", "metrics": null}}},
         %s "epochs": 1}
        """
            .formatted(first, input, fields);
    TrainingRequest read = Messages.readRequest(request.getBytes(StandardCharsets.UTF_8));
    var data = Samples.imageData(6, 6, 1, 2);
    return ModelNotes.of(read, NetworkPlan.of(read, data), data);
  }

  @Test
  void theNotesListValuesFromTheModelAndReshapedSamples() {
    assertThat(notes("36", ""))
        .containsExactly(
            "The Keras model supplies these values, which the request does not give: loss,"
                + " optimizer.",
            "The model takes samples of shape [36]; the data set's samples of shape [6, 6, 1] are"
                + " reshaped.");
    assertThat(notes("6, 6, 1", "\"loss\": \"mse\", \"optimizer\": \"adam\",")).isEmpty();
  }

  @Test
  void theNotesListLayersReplacedByAugmentation() {
    String flip = "{\"class_name\": \"RandomFlip\", \"config\": {\"mode\": \"vertical\"}},";
    String turn = "{\"class_name\": \"RandomRotation\", \"config\": {\"factor\": 0.1}},";
    assertThat(notes(flip + turn, "6, 6, 1", "\"loss\": \"mse\", \"optimizer\": \"adam\","))
        .containsExactly(
            "These layers of the Keras model are replaced by augmentation, which has the same"
                + " effect and applies in training only: model.keras.config.layers[0],"
                + " model.keras.config.layers[1].");
  }

  @Test
  void theNotesReportValuesThatAreScaledTwice() {
    String layer =
        "{\"class_name\": \"Rescaling\", \"config\": {\"scale\": 0.00784, \"offset\": -1}},";
    String given = "\"loss\": \"mse\", \"optimizer\": \"adam\",";
    assertThat(notes(layer, "6, 6, 1", given))
        .containsExactly(
            "augmentation.rescale scales the values to 0 to 1, and then"
                + " model.keras.config.layers[0].config.scale multiplies them by 0.00784. If the"
                + " layer expects levels of 0 to 255, set augmentation.rescale to 1.");
    String levels = "\"augmentation\": {\"rescale\": 1},";
    assertThat(notes(layer, "6, 6, 1", given + levels)).isEmpty();
    assertThat(notes(layer.replace("0.00784", "2"), "6, 6, 1", given)).isEmpty();
  }
}
