package io.millrace.contracts.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.millrace.contracts.ExampleRequests;
import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.TaskFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A schema, or a part of one, and the file in which its references are looked up. */
record Schema(String file, JsonNode node) {
  static final String FOLDER = "io/millrace/contracts/schema/";

  /** The type that each file describes. */
  static final Map<String, Class<?>> ROOTS =
      Map.of(
          "training-request.schema.json", TrainingRequest.class,
          "batch-task.schema.json", BatchTask.class,
          "dataset-description.schema.json", DatasetDescription.class,
          "dataset-announcement.schema.json", DatasetAnnouncement.class,
          "task-failure.schema.json", TaskFailure.class,
          "training-command.schema.json", TrainingCommand.class,
          "training-event.schema.json", TrainingEvent.class);

  private static final JsonSchemaFactory FACTORY =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

  private static final Map<String, Schema> READ = new ConcurrentHashMap<>();
  private static final Map<String, JsonSchema> COMPILED = new ConcurrentHashMap<>();

  static Schema of(String file) {
    return READ.computeIfAbsent(file, Schema::read);
  }

  private static Schema read(String file) {
    try (InputStream in = Schema.class.getClassLoader().getResourceAsStream(FOLDER + file)) {
      return new Schema(file, ExampleRequests.JSON.readTree(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All schemas of named types, by the type's simple name. */
  static Map<String, Schema> named() {
    var named = new LinkedHashMap<String, Schema>();
    for (String file : ROOTS.keySet()) {
      Schema root = of(file);
      named.put(root.node.get("title").textValue(), root);
      for (var definition : root.node.path("$defs").properties()) {
        named.put(definition.getKey(), new Schema(file, definition.getValue()));
      }
    }
    return named;
  }

  static Set<ValidationMessage> validate(String file, String json) {
    return COMPILED
        .computeIfAbsent(
            file, name -> FACTORY.getSchema(SchemaLocation.of("classpath:" + FOLDER + name)))
        .validate(ExampleRequests.tree(json));
  }

  Schema at(String key) {
    return new Schema(file, node.path(key));
  }

  Schema property(String name) {
    return at("properties").at(name);
  }

  /** The target of a reference, or the object that a name can replace; otherwise this schema. */
  Schema resolved() {
    if (node.at("/if/type").asText().equals("string")) {
      return at("else").resolved();
    }
    String reference = node.path("$ref").asText();
    if (reference.isEmpty()) {
      return this;
    }
    String[] parts = reference.split("#", 2);
    Schema root = parts[0].isEmpty() ? of(file) : of(parts[0]);
    return new Schema(root.file, parts.length == 1 ? root.node : root.node.at(parts[1])).resolved();
  }

  /** A value of this schema, with every property or only with the required ones. */
  JsonNode sample(boolean whole) {
    Schema schema = resolved();
    JsonNode node = schema.node;
    var json = ExampleRequests.JSON;
    if (node.has("const")) {
      return node.get("const");
    }
    if (node.has("enum")) {
      return node.get("enum").get(0);
    }
    if (node.has("examples")) {
      return node.get("examples").get(0);
    }
    if (node.has("else")) {
      return schema.at("else").sample(whole);
    }
    if (node.has("oneOf") && !node.has("properties")) {
      return new Schema(schema.file, node.get("oneOf").get(0)).sample(whole);
    }
    String type =
        node.get("type").isArray() ? node.get("type").get(0).asText() : node.get("type").asText();
    return switch (type) {
      case "integer" -> json.getNodeFactory().numberNode(node.path("minimum").asLong(1));
      case "number" ->
          json.getNodeFactory()
              .numberNode(
                  Math.min(
                      Math.max(0.5, node.path("minimum").asDouble(0.5)),
                      node.path("maximum").asDouble(0.5)));
      case "boolean" -> json.getNodeFactory().booleanNode(false);
      case "string" ->
          json.getNodeFactory()
              .textNode(
                  node.has("default")
                      ? node.get("default").textValue()
                      : node.has("format")
                          ? "2026-01-31T12:00:00Z"
                          : node.path("pattern").asText().contains("d{4}") ? "2020-10" : "x");
      case "array" -> schema.list(Math.max(1, node.path("minItems").asInt()));
      default -> schema.object(whole);
    };
  }

  /** A list of {@code size} elements; texts in it are all different. */
  ArrayNode list(int size) {
    ArrayNode list = ExampleRequests.JSON.createArrayNode();
    for (int i = 0; i < size; i++) {
      JsonNode element = at("items").sample(true);
      JsonNode items = at("items").resolved().node;
      if (items.path("type").isArray()) {
        list.addNull(); // If an element may be null, null fits any position.
      } else if (element.isTextual() && !items.has("enum") && !items.has("oneOf")) {
        list.add("x" + i);
      } else {
        list.add(element);
      }
    }
    return list;
  }

  private ObjectNode object(boolean whole) {
    ObjectNode object = ExampleRequests.JSON.createObjectNode();
    for (var property : node.path("properties").properties()) {
      if ((whole
              || isRequired(property.getKey())
              || isRequiredWithLayers(property.getKey())
              || isChosen(property.getKey()))
          && !isExcluded(property.getKey())) {
        object.set(property.getKey(), new Schema(file, property.getValue()).sample(whole));
      }
    }
    if (node.path("additionalProperties").isObject()) {
      object.set("x", at("additionalProperties").sample(whole));
    }
    return object;
  }

  boolean isRequired(String property) {
    for (JsonNode required : node.path("required")) {
      if (required.textValue().equals(property)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a request with layers requires the property; a Keras model may supply it instead. */
  boolean isRequiredWithLayers(String property) {
    return new Schema(file, node.at("/allOf/0/else")).isRequired(property);
  }

  /** Whether the property is required by the first of several alternatives. */
  private boolean isChosen(String property) {
    return new Schema(file, node.path("oneOf").path(0)).isRequired(property);
  }

  /** Whether samples leave out the property, for example because it conflicts with another one. */
  private boolean isExcluded(String property) {
    return node.path("properties").has("window")
            && List.of("columns", "target", "label", "categorical").contains(property)
        || property.equals("test_fraction") && node.path("properties").has("test_from")
        || property.equals("clipvalue")
        || property.equals("global_clipnorm")
        || property.equals("file") && node.path("properties").has("skip")
        || property.equals("series")
        || property.equals("keras")
        || property.equals("from_compile_config")
        || property.equals("to_augmentation")
        || property.equals("keep_aspect_ratio");
  }
}
