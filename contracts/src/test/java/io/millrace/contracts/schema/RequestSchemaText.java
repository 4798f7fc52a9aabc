package io.millrace.contracts.schema;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.ExampleRequests;
import io.millrace.contracts.field.FieldRule;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.json.EnumNames;
import io.millrace.contracts.request.LayerEntry;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.LossSpec;
import io.millrace.contracts.request.MergingSpec;
import io.millrace.contracts.request.Metric;
import io.millrace.contracts.request.TrainingRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Writes the JSON Schema of training requests: the records' fields with their ranges, defaults and
 * descriptions, the constants of enums and the choices of sealed types, in a hand-written skeleton.
 * The skeleton contains:
 *
 * <ul>
 *   <li>the description of each type, and rules that relate fields ({@code oneOf}, {@code if});
 *   <li>{@code properties} of a record: keywords that are added to the generated ones, such as a
 *       pattern;
 *   <li>{@code $types}: the schemas of types with their own JSON form; {@code {"$range":
 *       "integer"}} means a number in the range of the field;
 *   <li>{@code {"$field": "Metric.k"}}: the schema of one field;
 *   <li>{@code $first}: the choice of a sealed type that comes first; samples use it. It is an LSTM
 *       for layers, because a {@code Bidirectional} takes it too.
 * </ul>
 */
final class RequestSchemaText {
  private static final int WIDTH = 120;
  private static final String NAME_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]*$";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Map<String, Class<?>> types = new LinkedHashMap<>();
  private final JsonNode skeleton;

  private RequestSchemaText() {
    SchemaTest.reach(TrainingRequest.class, types);
    Stream.of(LossSpec.class, Metric.class, LayerEntry.class)
        .forEach(type -> types.put(type.getSimpleName(), type));
    try (InputStream in =
        RequestSchemaText.class.getResourceAsStream("training-request.skeleton.json")) {
      skeleton = ExampleRequests.JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of the schema. */
  static String generate() {
    var out = new StringBuilder();
    write(new RequestSchemaText().root(), "", 0, out);
    return out.append('\n').toString();
  }

  /** The description of a type in the schema. */
  static String description(String type) {
    return new RequestSchemaText().skeleton.at("/$defs/" + type + "/description").textValue();
  }

  private ObjectNode root() {
    ObjectNode root = JSON.objectNode();
    root.set("$schema", skeleton.get("$schema"));
    root.set("title", skeleton.get("title"));
    root.setAll(record(TrainingRequest.class, skeleton));
    List.of("$comment", "$types", "$typeDescriptions", "$defs").forEach(root::remove);
    ObjectNode defs = root.putObject("$defs");
    skeleton
        .get("$defs")
        .properties()
        .forEach(def -> defs.set(def.getKey(), definition(def.getKey(), def.getValue())));
    return root;
  }

  private JsonNode definition(String name, JsonNode given) {
    Class<?> type = types.get(name);
    if (type != null && type.isEnum()) {
      return constants(type, given);
    }
    if (type != null && type.isRecord()) {
      return record(type, given);
    }
    boolean hasChoices = type != null && type.isAnnotationPresent(JsonSubTypes.class);
    return hasChoices ? choices(type, given) : expanded(given, null);
  }

  private static ObjectNode constants(Class<?> type, JsonNode given) {
    ObjectNode schema = JSON.objectNode();
    schema.setAll((ObjectNode) given);
    schema.put("type", "string");
    ArrayNode names = schema.putArray("enum");
    Stream.of(type.getEnumConstants()).forEach(it -> names.add(EnumNames.json((Enum<?>) it)));
    return schema;
  }

  private static ObjectNode choices(Class<?> type, JsonNode given) {
    ObjectNode schema = JSON.objectNode();
    schema.set("description", given.get("description"));
    schema.put("type", "object");
    schema.putArray("required").add("type");
    ArrayNode choices = schema.putArray("oneOf");
    String first = given.path("$first").asText();
    Stream.of(type.getAnnotation(JsonSubTypes.class).value())
        .map(it -> it.value().getSimpleName())
        .sorted(Comparator.comparing(name -> !name.equals(first)))
        .forEach(name -> choices.addObject().put("$ref", "#/$defs/" + name));
    schema.setAll((ObjectNode) given);
    schema.remove("$first");
    return schema;
  }

  private ObjectNode record(Class<?> type, JsonNode given) {
    ObjectNode schema = JSON.objectNode();
    schema.set("description", given.get("description"));
    schema.put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = JSON.arrayNode();
    JsonTypeName named = type.getAnnotation(JsonTypeName.class);
    if (named != null) {
      ObjectNode property = properties.putObject("type");
      property.set("description", typeDescription(type));
      property.put("const", named.value());
      required.add("type");
    }
    for (FieldRule rule : FieldRules.of(type.asSubclass(Record.class)).all()) {
      properties.set(rule.name(), property(rule, given.path("properties").path(rule.name())));
      if (rule.isRequired()) {
        required.add(rule.name());
      }
    }
    if (LayerSpec.class.isAssignableFrom(type)) {
      addEntry(properties);
    }
    if (MergingSpec.class.isAssignableFrom(type)) {
      required.add("inputs");
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    schema.put("additionalProperties", false);
    for (var other : given.properties()) {
      if (!other.getKey().equals("properties")) {
        schema.set(other.getKey(), other.getValue());
      }
    }
    return schema;
  }

  private JsonNode typeDescription(Class<?> type) {
    for (var family : skeleton.get("$typeDescriptions").properties()) {
      if (types.get(family.getKey()).isAssignableFrom(type)) {
        return family.getValue();
      }
    }
    throw new IllegalArgumentException(type + " has no description of its type");
  }

  /**
   * Adds the fields of a layer's entry in the list, which JSON has among the layer's own fields.
   */
  private void addEntry(ObjectNode properties) {
    properties.putObject("inputs").put("$ref", "#/$defs/LayerInputs");
    properties.putObject("trainable").put("$ref", "#/$defs/LayerTrainable");
    properties.set("activity_regularizer", field("LayerEntry.activity_regularizer"));
  }

  private JsonNode field(String path) {
    String[] names = path.split("\\.");
    Class<?> type = types.get(names[0]);
    return property(FieldRules.of(type.asSubclass(Record.class)).get(names[1]), null);
  }

  private ObjectNode property(FieldRule rule, JsonNode given) {
    ObjectNode schema = JSON.objectNode();
    if (rule.description() != null) {
      schema.put("description", rule.description());
    }
    schema.setAll(value(rule, rule.type()));
    if (given != null && given.isObject()) {
      given.properties().forEach(it -> schema.set(it.getKey(), it.getValue()));
    }
    if (rule.defaultJson() != null) {
      schema.set("default", rule.defaultJson());
    }
    return schema;
  }

  /** The schema of a field's value, or of an element of a list. */
  private ObjectNode value(FieldRule rule, Class<?> type) {
    JsonNode own = skeleton.at("/$types/" + type.getSimpleName());
    if (own.isObject()) {
      return (ObjectNode) expanded(own, rule);
    }
    ObjectNode schema = JSON.objectNode();
    if (type == List.class) {
      schema.put("type", "array");
      schema.set("items", value(rule, rule.elementType()));
      if (rule.size() != null) {
        if (rule.size().min() > 0) {
          schema.put("minItems", rule.size().min());
        }
        schema.put("maxItems", rule.size().max());
      }
      return schema;
    }
    if (type == Integer.class) {
      return range("integer", rule);
    }
    if (type == Double.class) {
      return range("number", rule);
    }
    if (type == Long.class) {
      return schema
          .put("type", "integer")
          .put("minimum", Long.MIN_VALUE)
          .put("maximum", Long.MAX_VALUE);
    }
    if (type == Boolean.class) {
      return schema.put("type", "boolean");
    }
    if (type == String.class) {
      return text(rule, schema);
    }
    if (JsonNode.class.isAssignableFrom(type)) {
      return schema;
    }
    Class<?> listed = type == LayerEntry.class ? LayerSpec.class : type;
    if (!skeleton.get("$defs").has(listed.getSimpleName())) {
      throw new IllegalArgumentException(rule + " is of a type that the skeleton does not have");
    }
    return schema.put("$ref", "#/$defs/" + listed.getSimpleName());
  }

  private static ObjectNode text(FieldRule rule, ObjectNode schema) {
    if (rule.isName() && rule.maxText() == null) {
      return schema.put("$ref", "#/$defs/Name");
    }
    schema.put("type", "string");
    if (rule.maxText() != null) {
      schema.put("minLength", 1).put("maxLength", rule.maxText());
      schema.put("pattern", rule.isName() ? NAME_PATTERN : "\\S");
    }
    return schema;
  }

  private static ObjectNode range(String type, FieldRule rule) {
    ObjectNode schema = JSON.objectNode().put("type", type);
    if (rule.range() != null) {
      end(schema, "minimum", rule.range().min());
      end(schema, "exclusiveMinimum", rule.range().above());
      end(schema, "maximum", rule.range().max());
      end(schema, "exclusiveMaximum", rule.range().below());
    }
    return schema;
  }

  private static void end(ObjectNode schema, String keyword, double end) {
    if (end == Math.rint(end)) {
      schema.put(keyword, (long) end);
    } else if (!Double.isNaN(end)) {
      schema.put(keyword, end);
    }
  }

  /** Replaces {@code $range} and {@code $field} in a node by their schemas. */
  private JsonNode expanded(JsonNode node, FieldRule rule) {
    if (node.has("$range")) {
      return range(node.get("$range").textValue(), rule);
    }
    if (node.has("$field")) {
      return field(node.get("$field").textValue());
    }
    if (node.isObject()) {
      ObjectNode object = JSON.objectNode();
      node.properties().forEach(it -> object.set(it.getKey(), expanded(it.getValue(), rule)));
      return object;
    }
    if (node.isArray()) {
      ArrayNode array = JSON.arrayNode();
      node.forEach(it -> array.add(expanded(it, rule)));
      return array;
    }
    return node;
  }

  /** Writes a node on one line if it fits; otherwise a list of plain values fills each line. */
  private static void write(JsonNode node, String indent, int used, StringBuilder out) {
    String line = line(node);
    if (!node.isContainerNode() || indent.length() + used + line.length() < WIDTH) {
      out.append(line);
      return;
    }
    String inner = indent + "  ";
    String separator = "";
    if (node.isObject()) {
      out.append('{');
      for (var field : node.properties()) {
        String key = JSON.textNode(field.getKey()) + ": ";
        out.append(separator).append('\n').append(inner).append(key);
        write(field.getValue(), inner, key.length(), out);
        separator = ",";
      }
      out.append('\n').append(indent).append('}');
      return;
    }
    out.append('[');
    int column = WIDTH;
    for (JsonNode element : node) {
      String text = line(element);
      out.append(separator);
      if (element.isContainerNode() || column + text.length() + 2 > WIDTH) {
        out.append('\n').append(inner);
        column = inner.length();
      } else {
        out.append(' ');
        column++;
      }
      write(element, inner, 0, out);
      column = element.isContainerNode() ? WIDTH : column + text.length() + 1;
      separator = ",";
    }
    out.append('\n').append(indent).append(']');
  }

  private static String line(JsonNode node) {
    if (node.isObject()) {
      return node.properties().stream()
          .map(it -> JSON.textNode(it.getKey()) + ": " + line(it.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (node.isArray()) {
      return StreamSupport.stream(node.spliterator(), false)
          .map(RequestSchemaText::line)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    return node.toString();
  }
}
