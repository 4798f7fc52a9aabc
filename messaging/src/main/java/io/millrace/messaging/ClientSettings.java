package io.millrace.messaging;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The operator's settings for the Kafka clients: every property {@code kafka.*} without its prefix,
 * also as an environment variable {@code KAFKA_*}. So TLS and SASL need no code.
 */
public final class ClientSettings {
  private static final String PREFIX = "kafka.";

  private ClientSettings() {}

  /** The settings in environment variables. */
  public static Map<String, Object> of(Map<String, String> environment) {
    return of(
        environment.keySet(),
        name ->
            Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT).replace('.', '_'))));
  }

  /**
   * The settings in properties.
   *
   * @param names the names of all properties; environment variables may keep their form
   * @param value returns a property's value by its dotted name
   */
  public static Map<String, Object> of(
      Iterable<String> names, Function<String, Optional<String>> value) {
    var settings = new TreeMap<String, Object>();
    for (String name : names) {
      String dotted = name.toLowerCase(Locale.ROOT).replace('_', '.');
      if (dotted.startsWith(PREFIX)) {
        value
            .apply(dotted)
            .ifPresent(given -> settings.put(dotted.substring(PREFIX.length()), given));
      }
    }
    return Map.copyOf(settings);
  }
}
