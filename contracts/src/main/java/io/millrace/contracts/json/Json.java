package io.millrace.contracts.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * Where readers of JSON come from, so that none of them does without limits: a document nested some
 * hundred levels deep overflows the stack of whoever reads it into objects.
 */
public final class Json {
  /**
   * How deep objects and lists may stand within one another. The deepest request that can be
   * trained has some 20 levels, a Keras model in an event included.
   */
  public static final int MAX_DEPTH = 64;

  /** The most characters of a field's name. */
  public static final int MAX_NAME = 1_000;

  /** The most characters of a number. */
  public static final int MAX_NUMBER = 1_000;

  /** The limits, for readers that are made elsewhere. */
  public static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxNestingDepth(MAX_DEPTH)
          .maxNameLength(MAX_NAME)
          .maxNumberLength(MAX_NUMBER)
          .maxStringLength(Messages.MAX_BYTES)
          .build();

  /** For JSON without a type of its own. */
  public static final JsonMapper MAPPER = builder().addModule(WholeNumbers.module()).build();

  private Json() {}

  /** A mapper to be made, its limits set. */
  public static JsonMapper.Builder builder() {
    return JsonMapper.builder(
        JsonFactory.builder()
            .streamReadConstraints(LIMITS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build());
  }
}
