package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * Makes JSON readers with limits. Without limits, a document with some hundred nested levels
 * overflows the stack of the thread that reads it into objects.
 */
public final class Json {
  /**
   * The most nested levels of objects and lists. The deepest valid request has about 20 levels,
   * including a Keras model in an event.
   */
  public static final int MAX_DEPTH = 64;

  /** The most characters of a field name. */
  public static final int MAX_NAME = 1_000;

  /** The most characters of a number. */
  public static final int MAX_NUMBER = 1_000;

  /** The limits, for readers that other code makes. */
  public static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxNameLength(MAX_NAME)
          .maxNumberLength(MAX_NUMBER)
          .maxStringLength(Messages.MAX_BYTES)
          .build();

  /** For JSON that no message class describes. */
  public static final JsonMapper MAPPER = builder().addModule(WholeNumbers.module()).build();

  private Json() {}

  /** A builder of mappers with the limits set. */
  public static JsonMapper.Builder builder() {
    return JsonMapper.builder(
        JsonFactory.builder()
            .streamReadConstraints(LIMITS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build());
  }
}
