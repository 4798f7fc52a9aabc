package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.TrainingRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads and writes messages as JSON, {@code snake_case}, UTF-8. A string is not a number and a
 * fraction is not an integer ({@code 2.0} is one). An object has a name only once, and nothing
 * follows the message. The limits are those of {@link Json}.
 */
public final class Messages {
  /** The most bytes of a request, a task or an event. */
  public static final int MAX_BYTES = 4 << 20;

  /**
   * The most bytes of a request with its defaults filled in. It is less than {@link #MAX_BYTES}, so
   * that events that include the request are not too large.
   */
  public static final int MAX_REQUEST_BYTES = MAX_BYTES - (1 << 20);

  private static final JsonMapper STRICT = mapper(true);
  private static final JsonMapper LENIENT = mapper(false);

  private Messages() {}

  /**
   * Reads a request. Unknown fields are refused, so that a typo never trains something else.
   *
   * @throws InvalidMessageException naming the field
   */
  public static TrainingRequest readRequest(byte[] json) {
    return readStrictly(json, TrainingRequest.class);
  }

  /**
   * Reads a user's message. Unknown fields are refused.
   *
   * @throws InvalidMessageException naming the field
   */
  public static <T> T readStrictly(byte[] json, Class<T> type) {
    return read(STRICT, json, type);
  }

  /**
   * Reads a part of a user's message. Unknown fields are refused.
   *
   * @throws InvalidMessageException naming the field
   */
  public static <T> T readStrictly(JsonNode part, Class<T> type) {
    try {
      return STRICT.treeToValue(part, type);
    } catch (InvalidDefinitionException e) {
      // Not the message's fault: in a native executable, a class is not registered for reflection.
      throw new LinkageError("this build cannot read a " + type.getSimpleName(), e);
    } catch (JsonMappingException e) {
      throw Complaints.of(e);
    } catch (JsonProcessingException e) {
      throw Complaints.notJson(e);
    } catch (InvalidMessageException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      throw Complaints.unexpected(e);
    }
  }

  /** The message as the JSON tree that {@link #write} writes. */
  public static JsonNode tree(Object message) {
    return LENIENT.valueToTree(message);
  }

  /**
   * Reads a message between services. Unknown fields are ignored, so that newer services may add
   * some.
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

  /** Writes a message as text. */
  public static String text(Object message) {
    return new String(write(message), StandardCharsets.UTF_8);
  }

  /**
   * Writes a request.
   *
   * @throws InvalidMessageException if it is larger than {@link #MAX_REQUEST_BYTES}, naming the
   *     largest field
   */
  public static byte[] writeRequest(TrainingRequest request) {
    byte[] written = write(request);
    if (written.length > MAX_REQUEST_BYTES) {
      throw new InvalidMessageException(
          largest(request),
          "makes the request, with its defaults, "
              + written.length
              + " bytes long; give at most "
              + MAX_REQUEST_BYTES);
    }
    return written;
  }

  private static String largest(TrainingRequest request) {
    String largest = "";
    int most = 0;
    for (var field : tree(request).properties()) {
      int size = write(field.getValue()).length;
      if (size > most) {
        most = size;
        largest = field.getKey();
      }
    }
    return largest;
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
      throw Complaints.of(e);
    } catch (JsonProcessingException e) {
      throw Complaints.notJson(e);
    } catch (IOException e) {
      throw new InvalidMessageException("", "not JSON: the bytes are not Unicode text");
    } catch (InvalidMessageException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      throw Complaints.unexpected(e);
    }
    if (message == null) {
      throw new InvalidMessageException("", "the message is null; give a JSON object");
    }
    return message;
  }

  private static JsonMapper mapper(boolean strict) {
    JsonMapper mapper =
        Json.builder()
            .addModule(new JavaTimeModule())
            .addModule(WholeNumbers.module())
            .addHandler(new TypedObjects())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, strict)
            .build();
    mapper
        .coercionConfigFor(LogicalType.Textual)
        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
    return mapper;
  }
}
