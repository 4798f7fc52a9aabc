package io.millrace.contracts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/** Requests as users write them. */
public final class ExampleRequests {
  public static final JsonMapper JSON = new JsonMapper();

  /** A request for images, with augmentation. */
  public static final String FLOWERS =
      """
      {
        "run": "flowers-augmented-1",
        "experiment": "flowers",
        "variant": "augmented",
        "seed": 1,
        "dataset": {"name": "flowers", "classes": ["daisy", "rose", "sunflower", "tulip"],
                    "image_size": [150, 150], "test_fraction": 0.2, "split_seed": 0},
        "augmentation": {"rotation_range": 10, "zoom_range": 0.1, "width_shift_range": 0.2,
                         "height_shift_range": 0.2, "horizontal_flip": true},
        "model": {"layers": [
          {"type": "Conv2D", "filters": 32, "kernel_size": 3, "activation": "relu"},
          {"type": "MaxPooling2D", "pool_size": 2},
          {"type": "Flatten"},
          {"type": "Dropout", "rate": 0.5},
          {"type": "Dense", "units": 4, "activation": "softmax"}]},
        "loss": "categorical_crossentropy",
        "optimizer": {"type": "Adam", "learning_rate": 0.0001},
        "metrics": ["acc"],
        "epochs": 30,
        "batch_size": 16
      }
      """;

  /** A request for a series. */
  public static final String SEA =
      """
      {
        "run": "sea-1",
        "dataset": {"name": "sea", "column": "nino3.4", "window": 60, "horizon": 1,
                    "scaler": "min_max", "test_from": "2020-10-01"},
        "model": {"layers": [
          {"type": "LSTM", "units": 50, "return_sequences": true},
          {"type": "LSTM", "units": 50},
          {"type": "Dense", "units": 1}]},
        "loss": "mse",
        "optimizer": {"type": "RMSprop"},
        "metrics": ["mae"],
        "epochs": 2
      }
      """;

  /** A minimal request for images. */
  public static final String SMALL =
      """
      {
        "dataset": {"name": "d", "image_size": [8, 8]},
        "model": {"layers": [{"type": "Flatten"}, {"type": "Dense", "units": 4}]},
        "loss": "mse"
      }
      """;

  /** A minimal request for a series. */
  public static final String SMALL_SERIES =
      """
      {
        "dataset": {"name": "d", "column": "c"},
        "model": {"layers": [{"type": "LSTM", "units": 4}]},
        "loss": "mse"
      }
      """;

  /** A minimal request for rows. */
  public static final String SMALL_ROWS =
      """
      {
        "dataset": {"name": "d", "target": "c"},
        "model": {"layers": [{"type": "Dense", "units": 4}]},
        "loss": "mse"
      }
      """;

  private ExampleRequests() {}

  /** A request with the value at a path such as {@code model.layers[1].units} replaced or added. */
  public static byte[] with(String request, String path, String value) {
    JsonNode root = tree(request);
    JsonNode node = root;
    String[] steps = path.replace("[", ".").replace("]", "").split("\\.");
    for (int i = 0; i < steps.length - 1; i++) {
      if (node instanceof ArrayNode array) {
        node = array.get(Integer.parseInt(steps[i]));
      } else if (node.has(steps[i])) {
        node = node.get(steps[i]);
      } else {
        node =
            steps[i + 1].equals("0")
                ? ((ObjectNode) node).putArray(steps[i])
                : ((ObjectNode) node).putObject(steps[i]);
      }
    }
    put(node, steps[steps.length - 1], value);
    return bytes(root.toString());
  }

  public static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void put(JsonNode parent, String step, String value) {
    if (parent instanceof ArrayNode array && array.isEmpty()) {
      array.add(tree(value));
    } else if (parent instanceof ArrayNode array) {
      array.set(Integer.parseInt(step), tree(value));
    } else {
      ((ObjectNode) parent).set(step, tree(value));
    }
  }
}
