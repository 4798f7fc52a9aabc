package io.millrace.contracts.field;

import io.millrace.contracts.InvalidMessageException;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The rules of a record's fields, as annotations on its components state them. A record reads its
 * annotations once and checks each field in its constructor:
 *
 * <pre>{@code
 * private static final FieldRules RULES = FieldRules.of(Dense.class);
 *
 * public Dense {
 *   units = RULES.check("units", units);
 * }
 * }</pre>
 *
 * <p>The annotations are read from the record's fields, and where a field lacks one, from the
 * accessor of the same name in an interface of the record. In a native executable both are there
 * for every record that is registered for reflection with its fields, as Jackson needs it anyway.
 */
public final class FieldRules {
  private final Class<? extends Record> type;
  private final Map<String, FieldRule> rules;

  private FieldRules(Class<? extends Record> type, Map<String, FieldRule> rules) {
    this.type = type;
    this.rules = rules;
  }

  /** The rules of a record. */
  public static FieldRules of(Class<? extends Record> type) {
    var rules = new LinkedHashMap<String, FieldRule>();
    Stream.of(type.getDeclaredFields())
        .filter(field -> !Modifier.isStatic(field.getModifiers()))
        .map(FieldRule::of)
        .forEach(rule -> rules.put(rule.name(), rule));
    return new FieldRules(type, Collections.unmodifiableMap(rules));
  }

  /** All rules, in the order of the components. */
  public Collection<FieldRule> all() {
    return rules.values();
  }

  /** The rule of a field, by its name in JSON. */
  public FieldRule get(String field) {
    FieldRule rule = rules.get(field);
    if (rule == null) {
      throw new IllegalArgumentException(type.getSimpleName() + " has no field " + field);
    }
    return rule;
  }

  /**
   * The value, or the field's default where it is null; null where it has none.
   *
   * @param field its name in JSON, with which errors begin
   * @throws InvalidMessageException where the value breaks the field's rule
   */
  public <T> T check(String field, T value) {
    return get(field).check(value);
  }
}
