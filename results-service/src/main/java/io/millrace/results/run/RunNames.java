package io.millrace.results.run;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.results.request.FieldPath;
import io.millrace.results.request.RequestSchema;
import io.millrace.results.request.RequestSchema.Kind;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Uni;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Resolves the names in the parameters of a list: each is a metric or a field of the requests. */
final class RunNames {
  /** Those of the names that are metrics of any run. */
  private static final String METRICS =
      """
      select n.name
      from json_array_elements_text(cast(cast(:names as text) as json)) as n(name)
      where exists (select from run_metric as m where m.name = n.name)
      """;

  private final Map<String, FieldPath> fields = new HashMap<>();
  private final Set<String> numbers = new HashSet<>();
  private final Map<String, FieldPath> columns = new LinkedHashMap<>();

  /**
   * Names that are neither fields nor metrics of every run, with the parameters that contain them.
   */
  private final Map<String, String> others = new LinkedHashMap<>();

  private RunNames(RunFilter filter) {
    filter.columns().forEach(this::addColumn);
    filter.where().forEach(condition -> add("where", condition.name()));
    if (filter.sort() != null) {
      add("sort", filter.sort());
    }
  }

  /**
   * Resolves the names of a filter.
   *
   * @return fails with {@link InvalidMessageException}, which names the parameter, if a name is
   *     neither
   */
  static Uni<RunNames> of(RunFilter filter) {
    var names = new RunNames(filter);
    Uni<List<String>> found =
        names.others.isEmpty()
            ? Uni.createFrom().item(List.of())
            : Sessions.with(
                session ->
                    session
                        .createNativeQuery(METRICS, String.class)
                        .setParameter("names", Messages.text(names.others.keySet()))
                        .getResultList());
    return found.map(
        metrics -> {
          names.others.forEach(
              (name, parameter) -> {
                if (!metrics.contains(name)) {
                  throw unknown(
                      parameter, name, "neither a metric of any run nor a field of requests");
                }
              });
          filter.where().forEach(names::check);
          return names;
        });
  }

  private void addColumn(String name) {
    Optional<Kind> kind = fieldOf(name);
    if (kind.isEmpty()) {
      throw unknown("columns", name, "not a field of requests");
    }
    columns.put(name, fields.get(name));
  }

  private void add(String parameter, String name) {
    if (fieldOf(name).isEmpty() && !RequestSchema.isMetric(name)) {
      others.put(name, parameter);
    }
  }

  private Optional<Kind> fieldOf(String name) {
    if (!FieldPath.isPath(name)) {
      return Optional.empty();
    }
    FieldPath path = FieldPath.parse("", name);
    Optional<Kind> kind = RequestSchema.kind(path);
    if (kind.isPresent()) {
      fields.put(name, path);
    }
    if (kind.equals(Optional.of(Kind.NUMBER))) {
      numbers.add(name);
    }
    return kind;
  }

  private static InvalidMessageException unknown(String parameter, String name, String what) {
    return new InvalidMessageException(
        parameter, Check.quote(name) + " is " + what + RequestSchema.suggestion(name));
  }

  private void check(Condition condition) {
    FieldPath field = field(condition);
    boolean isOrdered = !condition.operator().matches("!?=");
    if (field == null && condition.number() == null) {
      throw new InvalidMessageException(
          "where",
          Check.quote(condition.text())
              + " is not a number; "
              + condition.name()
              + " is a metric, so give a number");
    }
    if (field != null && isOrdered && !isNumber(field)) {
      throw new InvalidMessageException(
          "where", condition.name() + " is not a number; compare it with = or !=");
    }
  }

  /** The field of a condition; null if the condition is on a metric. */
  FieldPath field(Condition condition) {
    return condition.number() != null ? field(condition.name()) : fields.get(condition.name());
  }

  /** The field with this name; null if the name is a metric. */
  FieldPath field(String name) {
    return RequestSchema.isMetric(name) ? null : fields.get(name);
  }

  boolean isNumber(FieldPath field) {
    return numbers.contains(field.text());
  }

  /** The request fields to include in the list. */
  List<FieldPath> columns() {
    return List.copyOf(columns.values());
  }
}
