package io.millrace.contracts.schema;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.field.FieldRule;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Ranged;
import io.millrace.contracts.json.EnumNames;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.AdaptiveSeeds;
import io.millrace.contracts.sweep.Search;
import java.math.BigDecimal;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Fills the lists of a request's fields in a Markdown text. A list is between two comments:
 *
 * <ul>
 *   <li>{@code <!-- fields of Images -->}: the fields of a record, each with its description; names
 *       may follow to select fields, {@code <!-- fields of SGD: clipnorm clipvalue -->};
 *   <li>{@code <!-- types of LayerSpec -->}: the choices of a sealed type, each with a short list
 *       of its fields;
 *   <li>{@code <!-- end of the list -->}.
 * </ul>
 */
final class RequestFieldsText {
  private static final int WIDTH = 120;
  private static final int MOST_CONSTANTS = 5;
  private static final Pattern LIST =
      Pattern.compile(
          "(?s)(<!-- (fields|types) of (\\w+)(?::\\s+([\\w\\s]+?))? -->\n).*?"
              + "(<!-- end of the list -->)");

  /** Fields that many types have; other text or a separate list describes them. */
  private static final Pattern COMMON =
      Pattern.compile(
          "name|.*_(initializer|regularizer|constraint)|weight_decay|clipnorm|clipvalue"
              + "|global_clipnorm|p");

  private final Map<String, Class<?>> types = new LinkedHashMap<>();
  private final Function<Class<?>, String> descriptions;

  private RequestFieldsText(Function<Class<?>, String> descriptions) {
    this.descriptions = descriptions;
    Stream.of(TrainingRequest.class, AdaptiveSeeds.class, Search.class)
        .forEach(type -> SchemaTest.reach(type, types));
  }

  /**
   * Returns the text with its lists filled.
   *
   * @param descriptions of the types
   */
  static String fill(String text, Function<Class<?>, String> descriptions) {
    var lists = new RequestFieldsText(descriptions);
    return LIST.matcher(text)
        .replaceAll(
            list -> Matcher.quoteReplacement(list.group(1) + lists.list(list) + list.group(5)));
  }

  private String list(MatchResult list) {
    Class<?> type = types.get(list.group(3));
    if (type == null) {
      throw new IllegalArgumentException("no type of a request: " + list.group(3));
    }
    if (list.group(2).equals("types")) {
      return Stream.of(type.getAnnotation(JsonSubTypes.class).value())
          .map(choice -> wrapped(choice(choice.value())))
          .collect(Collectors.joining());
    }
    List<String> names = list.group(4) == null ? null : List.of(list.group(4).split("\\s+"));
    return rules(type)
        .filter(rule -> names == null || names.contains(rule.name()))
        .map(rule -> wrapped(field(rule)))
        .collect(Collectors.joining());
  }

  private static Stream<FieldRule> rules(Class<?> type) {
    return FieldRules.of(type.asSubclass(Record.class)).all().stream();
  }

  private static String field(FieldRule rule) {
    String values = values(rule);
    String more =
        Stream.of(values, rule.isRequired() ? "required" : defaultOf(rule))
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining("; "));
    return "`"
        + rule.name()
        + "`: "
        + rule.description()
        + (more.isEmpty() ? "" : " (" + more + ")");
  }

  private String choice(Class<?> type) {
    String fields =
        rules(type)
            .filter(
                rule ->
                    !COMMON.matcher(rule.name()).matches()
                        || rule.name().equals("p") && rule.defaultJson().doubleValue() != 1
                        || rule.name().equals("weight_decay") && rule.defaultJson() != null)
            .map(RequestFieldsText::brief)
            .collect(Collectors.joining(", "));
    return "`"
        + type.getAnnotation(JsonTypeName.class).value()
        + "`: "
        + descriptions.apply(type)
        + (fields.isEmpty() ? "" : " " + fields + ".");
  }

  private static String brief(FieldRule rule) {
    String more =
        Stream.of(values(rule), rule.isRequired() ? "required" : defaultOf(rule))
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining("; "));
    return "`" + rule.name() + "`" + (more.isEmpty() ? "" : " (" + more + ")");
  }

  /** The values that a field takes; empty if there is nothing to add to its description. */
  private static String values(FieldRule rule) {
    if (rule.type() == List.class) {
      String elements = values(rule.elementType(), rule);
      String size = rule.size() == null ? "" : size(rule.size()) + " elements";
      return Stream.of(size, elements.isEmpty() || size.isEmpty() ? elements : "each " + elements)
          .filter(part -> !part.isEmpty())
          .collect(Collectors.joining(", "));
    }
    return values(rule.type(), rule);
  }

  private static String values(Class<?> type, FieldRule rule) {
    if (type == Boolean.class) {
      return rule.defaultJson() == null ? "true or false" : "";
    }
    if (type == Long.class) {
      return "64-bit integer";
    }
    if (type == String.class) {
      return rule.isName()
          ? "a name"
          : rule.maxText() == null ? "" : "1 to " + rule.maxText() + " characters";
    }
    if (type.isEnum() && type.getEnumConstants().length <= MOST_CONSTANTS) {
      return Arrays.stream(type.getEnumConstants())
          .map(it -> "`" + EnumNames.json((Enum<?>) it) + "`")
          .collect(Collectors.joining(", "));
    }
    return rule.range() == null
        ? ""
        : (Ranged.class.isAssignableFrom(type) ? "each " : "") + range(rule.range());
  }

  private static String size(FieldRule.Limits size) {
    return size.min() == size.max()
        ? "" + size.min()
        : size.min() == 0
            ? "at most " + number(size.max())
            : size.min() + " to " + number(size.max());
  }

  private static String range(FieldRule.Bounds range) {
    boolean isOpenBelow = !Double.isNaN(range.above());
    boolean isOpenAbove = !Double.isNaN(range.below());
    if (!isOpenBelow && !isOpenAbove) {
      return range.min() == range.max()
          ? number(range.min())
          : number(range.min()) + " to " + number(range.max());
    }
    return (isOpenBelow ? "above " + number(range.above()) : "at least " + number(range.min()))
        + (isOpenAbove
            ? ", below " + number(range.below())
            : range.max() == Double.MAX_VALUE ? "" : ", at most " + number(range.max()));
  }

  private static String defaultOf(FieldRule rule) {
    JsonNode value = rule.defaultJson();
    if (value == null || rule.description().contains("Default:")) {
      return "";
    }
    if (value.isArray() && value.isEmpty()) {
      return "default none";
    }
    return "default "
        + (value.isTextual()
            ? "`" + value.textValue() + "`"
            : value.isNumber() ? number(value.doubleValue()) : value.toString().replace(",", ", "));
  }

  private static String number(double number) {
    if (number != 0 && Math.abs(number) < 1e-4 || Math.abs(number) >= 1e12) {
      return Double.toString(number).replace(".0E", "e").replace("E", "e");
    }
    return new DecimalFormat(
            "#,##0.####################", DecimalFormatSymbols.getInstance(Locale.ROOT))
        .format(new BigDecimal(Double.toString(number)));
  }

  /** An entry of a list, in lines that fit. */
  private static String wrapped(String text) {
    var lines = new ArrayList<String>();
    var line = new StringBuilder("-");
    for (String word : text.split(" ")) {
      if (line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString());
        line = new StringBuilder(" ");
      }
      line.append(' ').append(word);
    }
    lines.add(line.toString());
    return String.join("\n", lines) + "\n";
  }
}
