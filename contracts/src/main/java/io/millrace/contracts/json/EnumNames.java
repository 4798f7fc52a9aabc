package io.millrace.contracts.json;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Names of enum constants in messages: {@code MIN_MAX} becomes {@code min_max}. */
public final class EnumNames {
  private EnumNames() {}

  /** The constant's name in a message. */
  public static String json(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** The constant with this name in a message. */
  public static <E extends Enum<E>> E parse(Class<E> type, String text) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> json(constant).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidMessageException(
                    "",
                    Check.quote(String.valueOf(text))
                        + " is not known; give one of "
                        + Arrays.stream(type.getEnumConstants())
                            .map(EnumNames::json)
                            .collect(Collectors.joining(", "))));
  }
}
