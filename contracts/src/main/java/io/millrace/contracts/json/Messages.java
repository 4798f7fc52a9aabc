package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.TrainingRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * Messages in and out of JSON, {@code snake_case}, UTF-8. Numbers are not taken from strings nor
 * integers from fractions, a name may stand only once in an object, and nothing may follow the
 * message.
 */
public final class Messages {
  /** The most bytes of a request, a task or an event. */
  public static final int MAX_BYTES = 4 << 20;

  private static final JsonMapper STRICT = mapper(true);
  private static final JsonMapper LENIENT = mapper(false);

  private Messages() {}

  /**
   * Reads a request: an unknown field is refused, so that a typo never trains something else.
   *
   * @throws InvalidMessageException naming the field
   */
  public static TrainingRequest readRequest(byte[] json) {
    return read(STRICT, json, TrainingRequest.class);
  }

  /**
   * Reads what one service wrote for another: unknown fields are ignored, so that a newer writer
   * may add some.
   *
   * @throws InvalidMessageException naming the field
   */
  public static <T> T read(byte[] json, Class<T> type) {
    return read(LENIENT, json, type);
  }

  /** Writes a message. */
  public static byte[] write(Object message) {
    try {
      return LENIENT.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> T read(JsonMapper mapper, byte[] json, Class<T> type) {
    if (json == null || json.length == 0) {
      throw new InvalidMessageException("", "the message is empty; give a JSON object");
    }
    if (json.length > MAX_BYTES) {
      throw new InvalidMessageException(
          "", "the message has " + json.length + " bytes; give at most " + MAX_BYTES);
    }
    T message;
    try {
      message = mapper.readValue(json, type);
    } catch (JsonMappingException e) {
      throw complaint(e);
    } catch (JsonProcessingException e) {
      throw new InvalidMessageException(
          "",
          "not JSON, at line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr()
              + ": "
              + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (message == null) {
      throw new InvalidMessageException("", "the message is null; give a JSON object");
    }
    return message;
  }

  private static InvalidMessageException complaint(JsonMappingException e) {
    String path = path(e.getPath());
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidMessageException own) {
        return own.within(path);
      }
    }
    if (e instanceof UnrecognizedPropertyException unknown) {
      var known = new TreeSet<String>();
      unknown.getKnownPropertyIds().forEach(id -> known.add(id.toString()));
      return new InvalidMessageException(
          path, "is not a field here" + suggestion(unknown.getPropertyName(), known));
    }
    if (e instanceof InvalidTypeIdException type) {
      String id = type.getTypeId();
      return new InvalidMessageException(
          path.isEmpty() ? "type" : path + ".type",
          id == null
              ? "is required"
              : Check.quote(id)
                  + " is not known; known are "
                  + e.getOriginalMessage()
                      .replaceAll("(?s).*known type ids = \\[([^\\]]*)\\].*", "$1"));
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return new InvalidMessageException(path, "is not " + expected(mismatch.getTargetType()));
    }
    return new InvalidMessageException(path, e.getOriginalMessage());
  }

  private static String expected(Class<?> type) {
    if (type == Integer.class || type == Long.class || type == int.class || type == long.class) {
      return "an integer in range";
    }
    if (type == Double.class) {
      return "a number";
    }
    if (type == Boolean.class) {
      return "true or false";
    }
    if (type == String.class || type.isEnum()) {
      return "a string";
    }
    return List.class.isAssignableFrom(type) ? "a list" : "an object";
  }

  private static String path(List<JsonMappingException.Reference> references) {
    var path = new StringBuilder();
    for (var reference : references) {
      if (reference.getFieldName() != null) {
        path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
      } else if (reference.getIndex() >= 0) {
        path.append('[').append(reference.getIndex()).append(']');
      }
    }
    return path.toString();
  }

  private static String suggestion(String name, TreeSet<String> known) {
    String nearest = null;
    int least = 3;
    for (String candidate : known) {
      int distance = distance(name.toLowerCase(Locale.ROOT), candidate);
      if (distance < least) {
        least = distance;
        nearest = candidate;
      }
    }
    return nearest == null
        ? "; known are " + String.join(", ", known)
        : "; did you mean " + nearest + "?";
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  private static JsonMapper mapper(boolean strict) {
    JsonMapper mapper =
        JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, strict)
            .configure(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION, false)
            .build();
    mapper
        .coercionConfigFor(LogicalType.Textual)
        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
    return mapper;
  }
}
