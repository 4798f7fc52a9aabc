package io.millrace.contracts.field;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Json;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The rule of one field. It holds plain values rather than annotations, so that it can be part of a
 * native executable's heap.
 *
 * @param name the field's name in JSON
 * @param type its Java type
 * @param elementType the type of a list's elements; null for other types
 * @param description what the field means; null if it has no {@link Describe}
 * @param isRequired whether it must be given
 * @param defaultJson its default as JSON; null for none
 * @param defaultValue its default as a value of its type; null for none
 * @param range the range of its numbers; null for any
 * @param size the number of its elements; null for any
 * @param isName whether it holds names
 * @param maxText the most characters of its texts; null if it holds no free text
 */
public record FieldRule(
    String name,
    Class<?> type,
    Class<?> elementType,
    String description,
    boolean isRequired,
    JsonNode defaultJson,
    Object defaultValue,
    Bounds range,
    Limits size,
    boolean isName,
    Integer maxText) {
  private static final Pattern WORD = Pattern.compile("(?!true$|false$)[A-Za-z_].*");

  /**
   * The range of a number; NaN for an end that is open.
   *
   * @param min the smallest number
   * @param above the number that it must be above
   * @param max the largest number
   * @param below the number that it must be below
   */
  public record Bounds(double min, double above, double max, double below) {
    static Bounds of(Range range) {
      return new Bounds(range.min(), range.above(), range.max(), range.below());
    }

    private void check(String field, Double number) {
      if (Double.isNaN(above)) {
        if (Double.isNaN(below)) {
          Check.range(field, number, min, max);
        } else {
          Check.below(field, number, min, below);
        }
      } else if (Double.isNaN(below)) {
        Check.above(field, number, above, max);
      } else {
        Check.between(field, number, above, below);
      }
    }
  }

  /** The fewest and the most elements of a list. */
  public record Limits(int min, int max) {}

  static FieldRule of(Field field) {
    JsonProperty named = field.getAnnotation(JsonProperty.class);
    Class<?> elementType =
        field.getGenericType() instanceof ParameterizedType list
            ? (Class<?>) list.getActualTypeArguments()[0]
            : null;
    JsonNode defaultJson =
        find(field, Default.class).map(it -> json(field.getType(), it.value())).orElse(null);
    return new FieldRule(
        named == null ? new SnakeCaseStrategy().translate(field.getName()) : named.value(),
        field.getType(),
        elementType,
        find(field, Describe.class).map(Describe::value).orElse(null),
        find(field, Required.class).isPresent(),
        defaultJson,
        defaultJson == null ? null : value(field.getType(), elementType, defaultJson),
        find(field, Range.class).map(Bounds::of).orElse(null),
        find(field, Size.class).map(it -> new Limits(it.min(), it.max())).orElse(null),
        find(field, Named.class).isPresent(),
        find(field, Text.class).map(Text::max).orElse(null));
  }

  /** The field's annotation, else that of the accessor in an interface of the record. */
  private static <A extends Annotation> Optional<A> find(Field field, Class<A> annotation) {
    return Optional.ofNullable(field.getAnnotation(annotation))
        .or(() -> inherited(field.getDeclaringClass(), field.getName(), annotation));
  }

  private static <A extends Annotation> Optional<A> inherited(
      Class<?> type, String accessor, Class<A> annotation) {
    return Stream.of(type.getInterfaces())
        .flatMap(
            parent ->
                Stream.of(parent.getDeclaredMethods())
                    .filter(method -> method.getName().equals(accessor))
                    .filter(method -> method.getParameterCount() == 0)
                    .flatMap(method -> Stream.ofNullable(method.getAnnotation(annotation)))
                    .findFirst()
                    .or(() -> inherited(parent, accessor, annotation))
                    .stream())
        .findFirst();
  }

  private static JsonNode json(Class<?> type, String text) {
    if (type == String.class || WORD.matcher(text).matches()) {
      return TextNode.valueOf(text);
    }
    try {
      return Json.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text + " is not JSON", e);
    }
  }

  private static Object value(Class<?> type, Class<?> elementType, JsonNode json) {
    if (type == List.class) {
      return StreamSupport.stream(json.spliterator(), false)
          .map(element -> value(elementType, null, element))
          .toList();
    }
    if (type == Integer.class) {
      return json.intValue();
    }
    if (type == Long.class) {
      return json.longValue();
    }
    if (type == Double.class) {
      return json.doubleValue();
    }
    if (type == Boolean.class) {
      return json.booleanValue();
    }
    return type == String.class ? json.textValue() : made(type, json);
  }

  /**
   * A value of a type of our own, by the factory that Jackson uses, or by {@code of(double)}. Not
   * by Jackson itself: rules are made while classes are initialized, which a native executable does
   * when it is built.
   */
  private static Object made(Class<?> type, JsonNode json) {
    Method factory =
        Stream.of(type.getDeclaredMethods())
            .filter(method -> Modifier.isStatic(method.getModifiers()))
            .filter(
                method ->
                    method.isAnnotationPresent(JsonCreator.class)
                        || method.getName().equals("of")
                            && method.getParameterCount() == 1
                            && method.getParameterTypes()[0] == double.class)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException(type + " has no factory"));
    Class<?> argument = factory.getParameterTypes()[0];
    try {
      factory.setAccessible(true);
      return factory.invoke(
          null,
          argument == String.class
              ? json.textValue()
              : argument == double.class ? (Object) json.doubleValue() : json);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(json + " is not a value of " + type, e);
    }
  }

  /**
   * The value, or the default if it is null; null if there is no default.
   *
   * @throws InvalidMessageException if the value breaks the rule
   */
  @SuppressWarnings("unchecked") // A checked value has the type of the field, and so has a default.
  public <T> T check(T value) {
    if (value == null) {
      return isRequired ? Check.required(name, value) : (T) defaultValue;
    }
    if (value instanceof List<?> list) {
      return (T) checkElements(list);
    }
    checkOne(name, value);
    return value;
  }

  private List<?> checkElements(List<?> list) {
    if (size != null) {
      Check.size(name, list, size.min(), size.max());
    }
    for (int i = 0; i < list.size(); i++) {
      String field = name + "[" + i + "]";
      checkOne(field, Check.required(field, list.get(i)));
    }
    return List.copyOf(list);
  }

  private void checkOne(String field, Object value) {
    if (value instanceof String string) {
      if (isName) {
        Check.name(field, string);
      }
      if (maxText != null) {
        Check.text(field, string, maxText);
      }
    } else if (range != null && value instanceof Integer whole) {
      Check.range(field, whole, (int) range.min(), (int) range.max());
    } else if (range != null && value instanceof Double number) {
      range.check(field, number);
    } else if (range != null && value instanceof Ranged numbers) {
      numbers.checkRange(field, range.min(), range.max());
    }
  }
}
