package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The compile configuration of a model: {@code compile_config} in Keras 3, {@code training_config}
 * in Keras 2 and TensorFlow.js. It supplies the fields that a request leaves out.
 *
 * @param node the configuration
 * @param path of the configuration in the model specification
 */
record KerasCompile(JsonNode node, String path) {
  /** The fields of a request that a compile configuration may contain. */
  static final List<String> FIELDS = List.of("loss", "optimizer", "metrics");

  private static final List<String> NAMES =
      List.of("compile_config", "training_config", "trainingConfig");

  /** Parameters of an optimizer that have no effect here. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "ema_momentum",
          "ema_overwrite_frequency",
          "is_legacy_optimizer",
          "jit_compile",
          "name",
          "schedule_decay");

  private static final Set<String> REDUCTIONS =
      Set.of("", "null", "auto", "sum_over_batch_size", "sum_over_batch");

  /** The compile configuration in a file; empty if the model was not compiled. */
  static Optional<KerasCompile> of(KerasFile file) {
    return file.around().stream()
        .flatMap(
            part ->
                NAMES.stream()
                    .filter(name -> part.node().path(name).isObject())
                    .map(name -> new KerasCompile(part.node().get(name), part.path() + "." + name)))
        .findFirst();
  }

  /** The loss; empty if there is none. */
  Optional<LossSpec> loss() {
    JsonNode loss = only(node.path("loss"));
    if (loss.isMissingNode() || loss.isNull()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Messages.readStrictly(lossObject(loss), LossSpec.class));
    } catch (InvalidMessageException e) {
      throw instead(e, "loss", "loss");
    }
  }

  /** Unwraps the loss of a single output, which may be in a list or under the output's name. */
  private static JsonNode only(JsonNode losses) {
    boolean several = losses.isArray() || losses.isObject() && !losses.has("class_name");
    return several && losses.size() == 1 ? losses.elements().next() : losses;
  }

  private static JsonNode lossObject(JsonNode loss) {
    if (!loss.isTextual() && !loss.has("class_name")) {
      throw new InvalidMessageException(
          "", "gives " + Check.count(loss.size(), "loss", "losses") + " for one output; give one");
    }
    ObjectNode object = JsonNodeFactory.instance.objectNode().put("type", name(loss));
    JsonNode config = loss.path("config");
    if (config.path("from_logits").asBoolean()) {
      throw new InvalidMessageException(
          "config.from_logits",
          "true is not supported; give the last layer the activation softmax or sigmoid");
    }
    if (!REDUCTIONS.contains(config.path("reduction").asText())) {
      throw new InvalidMessageException(
          "config.reduction",
          Check.quote(config.path("reduction").asText())
              + " is not supported; use 'sum_over_batch_size'");
    }
    for (String field : List.of("delta", "label_smoothing")) {
      if (config.path(field).asDouble() != 0) {
        object.set(field, config.get(field));
      }
    }
    return object;
  }

  /** The optimizer; empty if there is none. */
  Optional<OptimizerSpec> optimizer() {
    String field = node.has("optimizer_config") ? "optimizer_config" : "optimizer";
    JsonNode optimizer = node.path(field);
    if (optimizer.isMissingNode() || optimizer.isNull()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Messages.readStrictly(optimizerObject(optimizer), OptimizerSpec.class));
    } catch (InvalidMessageException e) {
      boolean within = !e.field().isEmpty() && !e.field().startsWith("config.");
      throw instead(
          within && !e.field().equals("type") ? e.within("config") : e, field, "optimizer");
    }
  }

  private static ObjectNode optimizerObject(JsonNode optimizer) {
    String name =
        optimizer.isTextual() ? optimizer.textValue() : optimizer.path("class_name").asText();
    // Keras 2.11 writes Custom>Adam.
    String type = OptimizerSpec.typeNamed(name.substring(name.lastIndexOf('>') + 1));
    ObjectNode object = JsonNodeFactory.instance.objectNode().put("type", type);
    JsonNode config = optimizer.path("config");
    for (var entry : config.properties()) {
      String field = entry.getKey().equals("lr") ? "learning_rate" : entry.getKey();
      JsonNode value = entry.getValue();
      boolean isSet = !value.isNull() && !WITHOUT_EFFECT.contains(field);
      if (isSet && !value.equals(JsonNodeFactory.instance.booleanNode(false))) {
        object.set(field, field.equals("learning_rate") ? rate(value) : value);
      }
    }
    decay(object);
    if (object.path("momentum").asDouble() == 0) {
      // Keras accepts nesterov with a momentum of 0, which has no effect.
      object.remove("nesterov");
    }
    return object;
  }

  private static JsonNode rate(JsonNode rate) {
    if (!rate.isObject()) {
      return rate;
    }
    ObjectNode schedule =
        JsonNodeFactory.instance.objectNode().put("type", rate.path("class_name").asText());
    for (var entry : rate.path("config").properties()) {
      if (!entry.getKey().equals("name") && !entry.getValue().isNull()) {
        schedule.set(entry.getKey(), entry.getValue());
      }
    }
    return schedule;
  }

  /** Keras 2's {@code decay}: the learning rate of a step is {@code rate / (1 + decay step)}. */
  private static void decay(ObjectNode optimizer) {
    JsonNode decay = optimizer.remove("decay");
    if (decay != null && decay.asDouble() != 0) {
      JsonNode rate = optimizer.get("learning_rate");
      if (rate == null || !rate.isNumber()) {
        throw new InvalidMessageException("config.decay", "needs a number as the learning rate");
      }
      ObjectNode schedule = optimizer.putObject("learning_rate");
      schedule.put("type", "InverseTimeDecay").put("decay_steps", 1);
      schedule.set("initial_learning_rate", rate);
      schedule.set("decay_rate", decay);
    }
  }

  /**
   * The supported metrics; others are ignored.
   *
   * @param ofNumbers whether the model predicts numbers; metrics that need classes are then ignored
   * @return null if the configuration has no metrics
   */
  List<Metric> metrics(boolean ofNumbers) {
    if (!node.path("metrics").isContainerNode()) {
      return null;
    }
    var metrics = new ArrayList<Metric>();
    elements(node.get("metrics"))
        .flatMap(one -> metric(one).stream())
        .filter(metric -> !ofNumbers || !metric.type().needsClasses())
        .distinct()
        .forEach(metrics::add);
    return metrics;
  }

  /** Flattens nested lists, and metrics that are given by output. */
  private static Stream<JsonNode> elements(JsonNode metrics) {
    boolean several = metrics.isArray() || metrics.isObject() && !metrics.has("class_name");
    var found = new ArrayList<JsonNode>();
    if (several) {
      metrics.forEach(one -> elements(one).forEach(found::add));
    } else {
      found.add(metrics);
    }
    return found.stream();
  }

  private static Optional<Metric> metric(JsonNode metric) {
    JsonNode k = metric.path("config").path("k");
    try {
      Metric read = Metric.parse(name(metric));
      boolean counts = read.k() != null && k.isInt();
      return Optional.of(counts ? new Metric(read.type(), k.intValue()) : read);
    } catch (InvalidMessageException e) {
      return Optional.empty();
    }
  }

  /** The name of a function or a class, in snake case. */
  private static String name(JsonNode function) {
    String type = function.path("class_name").asText();
    JsonNode config = function.path("config");
    String name =
        function.isTextual()
            ? function.textValue()
            : type.equals("function")
                ? config.asText()
                : type.endsWith("Wrapper")
                    ? config.path("fn").asText(config.path("name").asText())
                    : type;
    return name.replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  private InvalidMessageException instead(
      InvalidMessageException e, String written, String requested) {
    String field = e.field().equals("type") ? "" : e.field();
    return new InvalidMessageException(
            field, e.reason() + "; or give " + requested + " in the request")
        .within(path + "." + written);
  }
}
