package io.millrace.results.request;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.Suggestion;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Metric;
import io.millrace.contracts.request.MetricType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The fields that a request may have, from its JSON Schema, and the metrics that any run may have.
 */
public final class RequestSchema {
  /** Metrics of runs other than those of epochs and of the test part. */
  public static final Set<String> OF_ANY_RUN =
      Set.of("seconds", "samples_per_second", "best_epoch", "best_val_loss");

  /** Metrics to suggest. */
  private static final Set<String> METRICS = metrics();

  private static final String REFERENCE = "#/$defs/";
  private static final List<String> CHOICES = List.of("oneOf", "anyOf", "allOf");
  private static final List<String> CASES = List.of("then", "else");

  /** The maximum depth of fields to suggest. */
  private static final int SUGGESTED_DEPTH = 6;

  private static final JsonNode ROOT = read();

  /** Paths of fields to suggest, with only the index 0 in lists; the shortest first. */
  private static final List<String> SUGGESTED = suggested();

  private RequestSchema() {}

  /** The type of a field's values. */
  public enum Kind {
    NUMBER,
    OTHER
  }

  private static JsonNode read() {
    try (InputStream in =
        Messages.class.getResourceAsStream(
            "/io/millrace/contracts/schema/training-request.schema.json")) {
      return Messages.read(in.readAllBytes(), JsonNode.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The type of a field; empty if no request can have the field. */
  public static Optional<Kind> kind(FieldPath path) {
    List<JsonNode> places = expanded(List.of(ROOT));
    for (String step : path.steps()) {
      if (places.stream().anyMatch(RequestSchema::isOpen)) {
        return Optional.of(Kind.NUMBER);
      }
      places = expanded(places.stream().flatMap(place -> child(place, step)).toList());
    }
    if (places.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        places.stream().anyMatch(RequestSchema::isNumber) ? Kind.NUMBER : Kind.OTHER);
  }

  /** Whether the schema is an object with arbitrary fields, such as Keras JSON. */
  private static boolean isOpen(JsonNode place) {
    return place.path("type").asText().equals("object")
        && Stream.of("properties", "additionalProperties", "oneOf", "anyOf", "allOf", "$ref", "if")
            .noneMatch(place::has);
  }

  private static boolean isNumber(JsonNode place) {
    String type = place.path("type").asText();
    return type.equals("number") || type.equals("integer") || isOpen(place);
  }

  private static Stream<JsonNode> child(JsonNode place, String step) {
    JsonNode child =
        FieldPath.isIndex(step)
            ? place.path("items")
            : place.path("properties").has(step)
                ? place.path("properties").path(step)
                : place.path("additionalProperties");
    return child.isObject() ? Stream.of(child) : Stream.empty();
  }

  /** The schemas with all that they refer to and choose from. */
  private static List<JsonNode> expanded(List<JsonNode> places) {
    Set<JsonNode> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    var all = new ArrayList<JsonNode>();
    places.forEach(place -> expand(place, seen, all));
    return all;
  }

  private static void expand(JsonNode place, Set<JsonNode> seen, List<JsonNode> all) {
    if (!place.isObject() || !seen.add(place)) {
      return;
    }
    all.add(place);
    String reference = place.path("$ref").asText();
    if (reference.startsWith(REFERENCE)) {
      expand(ROOT.path("$defs").path(reference.substring(REFERENCE.length())), seen, all);
    }
    CHOICES.forEach(name -> place.path(name).forEach(choice -> expand(choice, seen, all)));
    CASES.forEach(name -> expand(place.path(name), seen, all));
  }

  /** Whether a run can have a metric with this name, even if none has it yet. */
  public static boolean isMetric(String name) {
    String bare = name.replaceFirst("^(test|val)_", "");
    if (bare.equals("loss") || OF_ANY_RUN.contains(name)) {
      return true;
    }
    try {
      Metric.parse(bare);
      return true;
    } catch (InvalidMessageException e) {
      return false;
    }
  }

  private static Set<String> metrics() {
    var names = new TreeSet<String>(OF_ANY_RUN);
    Stream.concat(
            Stream.of("loss"),
            Stream.of(MetricType.values()).map(type -> new Metric(type, null).json()))
        .forEach(
            name -> {
              names.add(name);
              names.add("val_" + name);
              names.add("test_" + name);
            });
    return names;
  }

  /**
   * A suggestion for a name that is neither a field nor a metric: a field whose last name is the
   * same or similar, or has these initials.
   *
   * @return the end of an error message; empty if nothing is similar
   */
  public static String suggestion(String name) {
    String last = last(name);
    return SUGGESTED.stream()
        .filter(path -> last(path).equalsIgnoreCase(last))
        .findFirst()
        .or(() -> Suggestion.nearest(name, METRICS))
        .or(() -> Suggestion.nearest(name, SUGGESTED))
        .or(() -> SUGGESTED.stream().filter(path -> isInitials(last, last(path))).findFirst())
        .or(
            () ->
                Suggestion.nearest(last, SUGGESTED.stream().map(RequestSchema::last).toList())
                    .flatMap(
                        near -> SUGGESTED.stream().filter(p -> last(p).equals(near)).findFirst()))
        .map(Suggestion::of)
        .orElse("");
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** Whether a text is the initials of a name: {@code lr} of {@code learning_rate}. */
  private static boolean isInitials(String text, String name) {
    var initials = new StringBuilder();
    for (String word : name.split("_")) {
      initials.append(word, 0, Math.min(1, word.length()));
    }
    return initials.length() > 1 && initials.toString().equals(text.toLowerCase(Locale.ROOT));
  }

  private static List<String> suggested() {
    var paths = new LinkedHashSet<String>();
    walk(ROOT, "", 0, new HashSet<>(), paths);
    return paths.stream()
        .sorted(Comparator.comparingLong(path -> path.chars().filter(c -> c == '.').count()))
        .toList();
  }

  /** Collects paths; stops at recursive definitions. */
  private static void walk(
      JsonNode place, String path, int depth, Set<JsonNode> around, Set<String> paths) {
    if (depth == SUGGESTED_DEPTH) {
      return;
    }
    for (JsonNode one : expanded(List.of(place))) {
      if (!around.add(one)) {
        continue;
      }
      for (Map.Entry<String, JsonNode> field : one.path("properties").properties()) {
        String name = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
        paths.add(name);
        walk(field.getValue(), name, depth + 1, around, paths);
      }
      if (one.path("items").isObject()) {
        walk(one.path("items"), path + "[0]", depth + 1, around, paths);
      }
      around.remove(one);
    }
  }
}
