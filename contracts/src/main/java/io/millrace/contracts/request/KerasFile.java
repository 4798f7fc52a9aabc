package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file that contains a model: the result of {@code model.to_json()}, or TensorFlow.js' {@code
 * model.json}, which contains that result.
 *
 * @param model with a {@code class_name} and a {@code config}
 * @param path of the model in the model specification, such as {@code keras.modelTopology}
 * @param version of the Keras that wrote it
 * @param around the objects that hold the model, from the outermost to the model itself, each with
 *     its path
 */
record KerasFile(JsonNode model, String path, KerasVersion version, List<Part> around) {
  /** An object of the file. */
  record Part(JsonNode node, String path) {}

  /**
   * @param json an object, or a text that holds one
   * @throws InvalidMessageException if the text is not valid JSON, or the file is a graph model;
   *     the error names the path
   */
  static KerasFile of(JsonNode json) {
    var outer = new Part(parsed(json, "keras"), "keras");
    Part topology = within(outer, "modelTopology");
    if (topology.node.has("node")) {
      throw new InvalidMessageException(
          topology.path,
          "is a graph model, which has operations instead of layers; give the layers model, which"
              + " tensorflowjs_converter writes with --output_format=tfjs_layers_model, or the"
              + " result of model.to_json()");
    }
    Part model = within(topology, "model_config");
    List<Part> around = Stream.of(outer, topology, model).distinct().toList();
    String written =
        around.stream()
            .map(part -> part.node.path("keras_version").asText())
            .filter(text -> !text.isEmpty())
            .findFirst()
            .orElse("");
    return new KerasFile(model.node, model.path, KerasVersion.of(written, model.node), around);
  }

  private static Part within(Part outer, String field) {
    if (!outer.node.has(field)) {
      return outer;
    }
    String path = outer.path + "." + field;
    return new Part(parsed(outer.node.get(field), path), path);
  }

  private static JsonNode parsed(JsonNode json, String path) {
    if (!json.isTextual()) {
      return json;
    }
    try {
      byte[] text = json.textValue().getBytes(StandardCharsets.UTF_8);
      return Messages.readStrictly(text, JsonNode.class);
    } catch (InvalidMessageException e) {
      throw e.within(path);
    }
  }
}
