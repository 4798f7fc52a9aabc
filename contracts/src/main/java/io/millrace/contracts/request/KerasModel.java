package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/**
 * A model as {@code model.to_json()} of Keras 1, 2 or 3 writes it: a Sequential model, or a
 * Functional model with one input and one output. Models may be nested. An error names the path of
 * a part that cannot be trained, such as {@code keras.config.layers[3].config.groups}.
 *
 * @param inputShape the shape of a sample in the model, with channels last; null if the model does
 *     not give it or leaves a size open
 * @param layers without input layers; the layers of a nested model replace that model
 * @param standardization the path of a Normalization without statistics at the start, which is not
 *     among the layers: the data set's standardization replaces it; null if there is none
 * @param augmentation the layers at the start that change images at random, which are not among the
 *     layers either
 */
record KerasModel(
    List<Integer> inputShape,
    List<Placed> layers,
    String standardization,
    KerasAugmentation augmentation) {

  /**
   * A layer of the file.
   *
   * @param path within the model specification, such as {@code keras.config.layers[3].config}
   * @param inputs the layers whose outputs it takes, see {@link PlacedLayer#inputs}
   * @param trainable whether it and the models that contain it are trained
   * @param activityRegularizer see {@link PlacedLayer}
   */
  record Placed(
      LayerSpec layer,
      String path,
      List<Integer> inputs,
      boolean trainable,
      Regularizer activityRegularizer) {}

  /**
   * @param json the model as an object, or as a text that holds one
   * @throws InvalidMessageException if the model cannot be trained; the error names the path
   */
  static KerasModel of(JsonNode json) {
    KerasFile file = KerasFile.of(json);
    try {
      return read(file);
    } catch (InvalidMessageException e) {
      throw e.within(file.path());
    }
  }

  private static KerasModel read(KerasFile file) {
    JsonNode model = file.model();
    String kind = model.path("class_name").asText();
    if (!KerasModelReader.isModel(kind)) {
      throw new InvalidMessageException(
          "class_name",
          (kind.isEmpty() ? "is required" : Check.quote(kind) + " is not supported")
              + "; give a Sequential or Functional model");
    }
    return KerasModelReader.of(model, file.version(), file.path());
  }
}
