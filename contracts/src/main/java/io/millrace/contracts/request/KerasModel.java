package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/**
 * A model as Keras writes it with {@code model.to_json()}, of Keras 1, 2 and 3: a Sequential one,
 * or a Functional one of one input and one output; a model in the place of a layer likewise. What
 * can't be trained as it stands is refused by its place, such as {@code
 * keras.config.layers[3].config.groups}.
 *
 * @param inputShape of a sample, as the model says it, but channels last; null where it does not,
 *     or leaves a size open
 * @param layers without input layers, those of models within the model in their place
 * @param standardization the path of a Normalization without statistics at the start, which is not
 *     among the layers: the data set's standardization takes its place; null where there is none
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
   * @param trainable whether it and the models around it are trained
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
   * @throws InvalidMessageException naming the place
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
