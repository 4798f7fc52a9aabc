package io.millrace.contracts.schema;

import static io.millrace.contracts.ExampleRequests.FLOWERS;
import static io.millrace.contracts.ExampleRequests.JSON;
import static io.millrace.contracts.ExampleRequests.SEA;
import static io.millrace.contracts.ExampleRequests.SMALL;
import static io.millrace.contracts.ExampleRequests.SMALL_SERIES;
import static io.millrace.contracts.ExampleRequests.bytes;
import static io.millrace.contracts.ExampleRequests.tree;
import static io.millrace.contracts.ExampleRequests.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.EnumNames;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.LayerEntry;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.MergingSpec;
import io.millrace.contracts.request.ShiftRange;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.request.TransformSpec;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The schemas match the records. */
class SchemaTest {
  private static final Map<String, Schema> SCHEMAS = Schema.named();
  private static final Map<String, Class<?>> REACHABLE = reached();

  /** The fields of a layer's entry in a network, which JSON has among the layer's own fields. */
  private static final List<String> OF_LAYER_ENTRIES =
      List.of("inputs", "trainable", "activity_regularizer");

  static Stream<Class<?>> types() {
    return reachable().values().stream();
  }

  static Stream<Class<?>> records() {
    return types().filter(Class::isRecord);
  }

  static Stream<String> files() {
    return Schema.ROOTS.keySet().stream();
  }

  @Test
  void everyMessageTypeHasASchemaAndOnlyHelperSchemasHaveNoType() {
    var ofNoType =
        List.of(
            "Name",
            "IsSeries",
            "IsRows",
            "Initializer",
            "Regularizer",
            "Constraint",
            "LayerInputs",
            "LayerTrainable");
    assertThat(SCHEMAS.keySet().stream().filter(name -> !ofNoType.contains(name)))
        .containsExactlyInAnyOrderElementsOf(reachable().keySet());
  }

  @ParameterizedTest
  @MethodSource("records")
  void schemaPropertiesMatchTheRecordsComponents(Class<?> type) {
    Schema schema = SCHEMAS.get(type.getSimpleName());
    var names = new TreeSet<String>();
    if (isTyped(type)) {
      names.add("type");
      assertThat(schema.property("type").node().get("const").textValue())
          .isEqualTo(type.getAnnotation(JsonTypeName.class).value());
    }
    for (RecordComponent component : type.getRecordComponents()) {
      names.add(jsonName(component));
      assertType(schema.property(jsonName(component)), component.getGenericType());
    }
    if (LayerSpec.class.isAssignableFrom(type)) {
      names.addAll(OF_LAYER_ENTRIES);
    }
    assertThat(fieldNames(schema.at("properties").node())).isEqualTo(names);
    assertThat(schema.node().get("type").textValue()).isEqualTo("object");
    assertThat(schema.node().has("additionalProperties"))
        .as("refuses unknown fields")
        .isEqualTo(schema.file().startsWith("training-request"));
    for (var property : schema.at("properties").node().properties()) {
      Schema described = new Schema(schema.file(), property.getValue());
      assertThat(
              described.node().has("description") || described.resolved().node().has("description"))
          .as("description of " + property.getKey())
          .isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("records")
  void theSchemaRequiresExactlyTheFieldsThatTheRecordRequires(Class<?> type) {
    Schema schema = SCHEMAS.get(type.getSimpleName());
    ObjectNode whole = (ObjectNode) schema.sample(true);
    assertThat(Messages.read(bytes(whole.toString()), type)).isNotNull();
    for (String name : fieldNames(schema.at("properties").node())) {
      if (name.equals("type") && isTyped(type)) {
        assertThat(schema.isRequired(name)).isTrue();
        continue;
      }
      if (OF_LAYER_ENTRIES.contains(name) && LayerSpec.class.isAssignableFrom(type)) {
        assertThat(schema.isRequired(name))
            .isEqualTo(name.equals("inputs") && MergingSpec.class.isAssignableFrom(type));
        continue;
      }
      JsonNode without = whole.deepCopy().without(name);
      Throwable error = catchThrowable(() -> Messages.read(bytes(without.toString()), type));
      assertThat(error != null && error.getMessage().equals(name + ": is required"))
          .as(type.getSimpleName() + "." + name + ": " + error)
          .isEqualTo(
              schema.isRequired(name)
                  || schema.isRequiredWithLayers(name)
                  || type == DatasetSpec.Series.class && name.equals("column"));
    }
  }

  @ParameterizedTest
  @MethodSource("types")
  void schemaChoicesMatchTheSealedTypesAndEnumConstants(Class<?> type) {
    Schema schema = SCHEMAS.get(type.getSimpleName());
    if (type.isEnum()) {
      var names = new ArrayList<String>();
      schema.node().get("enum").forEach(name -> names.add(name.textValue()));
      assertThat(names)
          .containsExactlyElementsOf(
              Arrays.stream(type.getEnumConstants())
                  .map(c -> EnumNames.json((Enum<?>) c))
                  .toList());
    } else if (type.isSealed()) {
      var references = new TreeSet<String>();
      schema.node().path("oneOf").forEach(choice -> references.add(choice.path("$ref").asText()));
      for (JsonNode node = schema.node(); node.has("then"); node = node.get("else")) {
        references.add(node.get("then").path("$ref").asText());
        references.add(node.get("else").path("$ref").asText());
      }
      references.remove(""); // An else that continues with another choice.
      assertThat(references)
          .containsExactlyInAnyOrderElementsOf(
              choices(type).map(choice -> "#/$defs/" + choice.getSimpleName()).toList());
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void samplesAreValidBeforeAndAfterReadingAndWriting(String file) {
    Class<?> root = Schema.ROOTS.get(file);
    List<Class<?>> choices =
        root.isSealed() ? List.of(root.getPermittedSubclasses()) : List.of(root);
    for (Class<?> choice : choices) {
      for (boolean whole : new boolean[] {true, false}) {
        JsonNode sample = SCHEMAS.get(choice.getSimpleName()).sample(whole);
        if (sample instanceof ObjectNode object
            && root.getSimpleName().equals("DatasetDescription")) {
          object.putArray("classes").add("a").add("b");
        }
        assertThat(Schema.validate(file, sample.toString())).as(sample.toString()).isEmpty();
        Object message = Messages.read(bytes(sample.toString()), root);
        String written = Messages.text(message);
        assertThat(Schema.validate(file, written)).as(written).isEmpty();
        assertThat(Messages.read(bytes(written), root)).isEqualTo(message);
      }
    }
  }

  @Test
  void requestsAreValidAsUsersAndAsServicesWriteThem() {
    for (String request : List.of(FLOWERS, SEA, SMALL, SMALL_SERIES)) {
      String written = Messages.text(Messages.readRequest(bytes(request)));
      assertThat(Schema.validate("training-request.schema.json", request)).isEmpty();
      assertThat(Schema.validate("training-request.schema.json", written)).isEmpty();
    }
  }

  @Test
  void theSchemaAndTheReaderBothRefuseMistakes() {
    for (byte[] request :
        List.of(
            with(SMALL, "epoch", "1"),
            with(SMALL, "dataset.windw", "1"),
            with(SMALL, "model.layers[1].unit", "1"),
            with(SMALL, "model.layers[1].type", "\"Lambda\""),
            with(SMALL, "optimizer", "{\"type\": \"SGD\", \"nesterov\": true}"),
            with(SMALL, "dataset.classes", "[\"a\", \"a\"]"),
            with(SMALL_SERIES, "dataset.classes", "[\"a\", \"b\"]"),
            with(SMALL_SERIES, "loss", "\"categorical_crossentropy\""),
            with(SMALL_SERIES, "metrics", "[\"acc\"]"),
            with(
                SMALL_SERIES,
                "dataset",
                "{\"name\":\"d\",\"column\":\"c\",\"test_from\":\"2020-10\",\"test_fraction\":0.1}"))) {
      assertThat(Schema.validate("training-request.schema.json", new String(request)))
          .as(new String(request))
          .isNotEmpty();
      assertThat(catchThrowable(() -> Messages.readRequest(request)))
          .isInstanceOf(InvalidMessageException.class);
    }
  }

  /** Every bound of every field is a valid value, and a value just beyond it is refused. */
  @Test
  void everyBoundInTheSchemaMatchesTheRecord() {
    int bounds = 0;
    for (var entry : SCHEMAS.entrySet()) {
      Schema schema = entry.getValue();
      // RequestErrorsTest and OptimizerErrorsTest test fields that depend on one another.
      if (schema.file().equals("training-request.schema.json")
          && schema.node().has("properties")
          && !List.of("PiecewiseConstantDecay", "RangeTest").contains(entry.getKey())) {
        for (var property : schema.at("properties").node().properties()) {
          var probes = new Probes();
          probes.walk(new Schema(schema.file(), property.getValue()));
          for (JsonNode value : probes.valid) {
            assertProbe(entry.getKey(), property.getKey(), value, true);
          }
          for (JsonNode value : probes.refused) {
            assertProbe(entry.getKey(), property.getKey(), value, false);
          }
          bounds += probes.refused.size();
        }
      }
    }
    assertThat(bounds).isGreaterThan(80);
  }

  private static void assertProbe(String type, String property, JsonNode value, boolean valid) {
    String path = place(type);
    String base = isOfSeries(type) ? SMALL_SERIES : SMALL;
    if (path.startsWith("optimizer.")) {
      base = new String(with(base, "optimizer.type", "\"SGD\""));
    }
    ObjectNode object = (ObjectNode) SCHEMAS.get(type).sample(false);
    if (path.isEmpty()) {
      object = (ObjectNode) tree(base);
    } else if (type.equals("Images")) {
      object.put("color_mode", "grayscale");
    } else if (type.equals("CosineDecay")) {
      object.put("warmup_target", 0.1);
    }
    if (type.equals("Series") && List.of("columns", "target", "categorical").contains(property)) {
      object.remove("column");
      object.putArray("columns").addAll(SCHEMAS.get(type).at("properties").at("columns").list(256));
      object.put("target", "y");
    }
    if (type.equals("InitialWeights") && property.equals("file")) {
      object.remove("run");
    }
    object.set(property, value);
    String request =
        path.isEmpty() ? object.toString() : new String(with(base, path, object.toString()));
    if (!property.equals("batch_size")) {
      request = new String(with(request, "batch_size", "1"));
    }
    String made = request;
    Throwable error = catchThrowable(() -> Messages.readRequest(bytes(made)));
    String field = path.isEmpty() ? property : path + "." + property;
    if (valid) {
      assertThat(error).as(field + " of " + type + " is " + value.toString()).isNull();
    } else {
      assertThat(error)
          .as(field + " of " + type)
          .isInstanceOf(InvalidMessageException.class)
          .hasMessageStartingWith(field);
    }
    assertThat(Schema.validate("training-request.schema.json", made).isEmpty())
        .as(field + " of " + type)
        .isEqualTo(valid);
  }

  private static boolean isOfSeries(String type) {
    return type.equals("Series")
        || type.equals("SeriesKey")
        || SCHEMAS.get(type).sample(true).path("type").isTextual()
            && TransformSpec.class.isAssignableFrom(reachable().get(type))
            && Messages.read(bytes(SCHEMAS.get(type).sample(true).toString()), TransformSpec.class)
                .isForSeries();
  }

  /** The path of an object of the type in a request. */
  private static String place(String type) {
    Class<?> found = reachable().get(type);
    if (found == TrainingRequest.class) {
      return "";
    }
    if (LayerSpec.class.isAssignableFrom(found)) {
      return "model.layers[0]";
    }
    Class<?> outer = found.getDeclaringClass();
    return switch (outer == null ? type : outer.getSimpleName()) {
      case "OptimizerSpec" -> "optimizer";
      case "CallbackSpec" -> "callbacks[0]";
      case "LearningRateSchedule" -> "optimizer.learning_rate";
      case "TransformSpec" -> "augmentation.transforms[0]";
      case "DatasetSpec" -> "dataset";
      case "Augmentation" -> "augmentation";
      case "ModelSpec" -> "model";
      case "SeriesKey" -> "dataset.series_key";
      case "InitialWeights" -> "initial_weights";
      default -> throw new AssertionError(type);
    };
  }

  private static void assertType(Schema schema, Type type) {
    Schema resolved = schema.resolved();
    if (type == Integer.class || type == Long.class) {
      assertThat(typeOf(resolved)).isEqualTo("integer");
    } else if (type == Double.class) {
      assertThat(typeOf(resolved)).isEqualTo("number");
    } else if (type == Boolean.class) {
      assertThat(typeOf(resolved)).isEqualTo("boolean");
    } else if (type == LayerEntry.class) {
      assertThat(resolved.node()).isEqualTo(SCHEMAS.get("LayerSpec").node());
    } else if (type == JsonNode.class && resolved.node().has("type")) {
      assertThat(typeOf(resolved)).isEqualTo("object");
    } else if (type == String.class || type == Instant.class) {
      assertThat(typeOf(resolved)).isEqualTo("string");
    } else if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      assertThat(typeOf(resolved)).isEqualTo("array");
      assertType(resolved.at("items"), generic.getActualTypeArguments()[0]);
    } else if (type instanceof ParameterizedType generic && generic.getRawType() == Map.class) {
      assertThat(typeOf(resolved)).isEqualTo("object");
      assertType(resolved.at("additionalProperties"), generic.getActualTypeArguments()[1]);
    } else if (reachable().containsKey(((Class<?>) type).getSimpleName())) {
      assertThat(resolved.node()).isEqualTo(SCHEMAS.get(((Class<?>) type).getSimpleName()).node());
    } else {
      assertThat(resolved.node().get("oneOf")).hasSize(type == ShiftRange.class ? 3 : 2);
    }
  }

  private static String typeOf(Schema schema) {
    JsonNode type = schema.node().get("type");
    return type.isArray() ? type.get(0).textValue() : type.textValue();
  }

  private static boolean isTyped(Class<?> type) {
    return Arrays.stream(type.getInterfaces())
        .anyMatch(outer -> outer.isAnnotationPresent(JsonTypeInfo.class) || isTyped(outer));
  }

  /** The choices of a sealed type, also those within a family of choices, such as layers. */
  private static Stream<Class<?>> choices(Class<?> type) {
    return Arrays.stream(type.getPermittedSubclasses())
        .flatMap(choice -> choice.isSealed() ? choices(choice) : Stream.of(choice));
  }

  private static String jsonName(RecordComponent component) {
    JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
    return named != null
        ? named.value()
        : new PropertyNamingStrategies.SnakeCaseStrategy().translate(component.getName());
  }

  private static TreeSet<String> fieldNames(JsonNode object) {
    var names = new TreeSet<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The types of all messages, by simple name. */
  private static Map<String, Class<?>> reachable() {
    return REACHABLE;
  }

  private static Map<String, Class<?>> reached() {
    var found = new LinkedHashMap<String, Class<?>>();
    Schema.ROOTS.values().forEach(root -> reach(root, found));
    return found;
  }

  /** Adds the types that a message of a type contains to the types found so far. */
  static void reach(Type type, Map<String, Class<?>> found) {
    if (type instanceof ParameterizedType generic) {
      for (Type argument : generic.getActualTypeArguments()) {
        reach(argument, found);
      }
    } else if (type instanceof Class<?> plain
        && plain.getDeclaringClass() != null
        && hasOwnJsonForm(plain.getDeclaringClass())) {
      return;
    } else if (type instanceof Class<?> plain
        && plain.getName().startsWith("io.millrace.")
        && !plain.isEnum()
        && hasOwnJsonForm(plain)) {
      // It has its own JSON form and no schema of that name; the types in it may have one.
      for (RecordComponent component : plain.getRecordComponents()) {
        reach(component.getGenericType(), found);
      }
    } else if (type instanceof Class<?> plain
        && plain.getName().startsWith("io.millrace.")
        && found.put(plain.getSimpleName(), plain) == null) {
      if (plain.isSealed()) {
        choices(plain).forEach(choice -> reach(choice, found));
      }
      if (plain.isRecord()) {
        for (RecordComponent component : plain.getRecordComponents()) {
          reach(component.getGenericType(), found);
        }
      }
    }
  }

  private static boolean hasOwnJsonForm(Class<?> type) {
    return type.isAnnotationPresent(JsonSerialize.class)
        || Arrays.stream(type.getDeclaredMethods())
            .anyMatch(method -> method.isAnnotationPresent(JsonValue.class));
  }

  /** Values on the bounds of a schema and just beyond them. */
  private static final class Probes {
    final List<JsonNode> valid = new ArrayList<>();
    final List<JsonNode> refused = new ArrayList<>();

    void walk(Schema reference) {
      Schema schema = reference.resolved();
      JsonNode node = schema.node();
      if (node.has("properties")) {
        return;
      }
      node.path("oneOf").forEach(choice -> walk(new Schema(schema.file(), choice)));
      switch (node.path("type").asText()) {
        case "integer" -> integers(node);
        case "number" -> numbers(node);
        case "string" -> texts(node);
        case "array" -> arrays(schema);
        default -> {}
      }
    }

    private void integers(JsonNode node) {
      var one = BigInteger.ONE;
      if (node.has("minimum")) {
        valid.add(node.get("minimum"));
        refused.add(number(node.get("minimum").bigIntegerValue().subtract(one)));
      }
      if (node.has("maximum")) {
        valid.add(node.get("maximum"));
        refused.add(number(node.get("maximum").bigIntegerValue().add(one)));
      }
    }

    private void numbers(JsonNode node) {
      if (node.has("minimum")) {
        valid.add(number(node.get("minimum").doubleValue()));
        refused.add(number(Math.nextDown(node.get("minimum").doubleValue())));
      }
      if (node.has("maximum")) {
        valid.add(number(node.get("maximum").doubleValue()));
        refused.add(number(Math.nextUp(node.get("maximum").doubleValue())));
      }
      if (node.has("exclusiveMinimum")) {
        valid.add(number(Math.nextUp(node.get("exclusiveMinimum").doubleValue())));
        refused.add(number(node.get("exclusiveMinimum").doubleValue()));
      }
      if (node.has("exclusiveMaximum")) {
        valid.add(number(Math.nextDown(node.get("exclusiveMaximum").doubleValue())));
        refused.add(number(node.get("exclusiveMaximum").doubleValue()));
      }
    }

    private void texts(JsonNode node) {
      if (node.has("minLength")) {
        valid.add(text("x".repeat(node.get("minLength").intValue())));
        refused.add(text("x".repeat(node.get("minLength").intValue() - 1)));
      }
      if (node.has("maxLength")) {
        valid.add(text("x".repeat(node.get("maxLength").intValue())));
        refused.add(text("x".repeat(node.get("maxLength").intValue() + 1)));
      }
    }

    private void arrays(Schema schema) {
      int min = schema.node().path("minItems").asInt();
      valid.add(schema.list(min));
      if (min > 0) {
        refused.add(schema.list(min - 1));
      }
      if (schema.node().has("maxItems")) {
        valid.add(schema.list(schema.node().get("maxItems").intValue()));
        refused.add(schema.list(schema.node().get("maxItems").intValue() + 1));
      }
      var elements = new Probes();
      elements.walk(schema.at("items"));
      for (JsonNode element : elements.valid) {
        if (!element.isTextual()) {
          valid.add(ofElements(element, min));
        }
      }
      for (JsonNode element : elements.refused) {
        refused.add(ofElements(element, Math.max(1, min)));
      }
    }

    private static JsonNode ofElements(JsonNode element, int size) {
      var list = JSON.createArrayNode();
      for (int i = 0; i < size; i++) {
        list.add(element);
      }
      return list;
    }

    private static JsonNode number(BigInteger value) {
      return JSON.getNodeFactory().numberNode(value);
    }

    private static JsonNode number(double value) {
      return JSON.getNodeFactory().numberNode(value);
    }

    private static JsonNode text(String value) {
      return JSON.getNodeFactory().textNode(value);
    }
  }
}
