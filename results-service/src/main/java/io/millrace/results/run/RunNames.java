package io.millrace.results.run;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.results.request.FieldPath;
import io.millrace.results.request.RequestSchema;
import io.millrace.results.request.RequestSchema.Kind;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the names in a list's question stand for: metrics, or fields of the requests. */
final class RunNames {
  /** Those of some names that are metrics of any run. */
  private static final String METRICS =
      """
      select n.name
      from json_array_elements_text(cast(cast(:names as text) as json)) as n(name)
      where exists (select from run_metric as m where m.name = n.name)
      """;

  private final Map<String, FieldPath> fields = new HashMap<>();
  private final Set<String> numbers = new HashSet<>();
  private final Map<String, FieldPath> columns = new LinkedHashMap<>();

  /** The parameters by names that are neither fields, nor metrics that every run may have. */
  private final Map<String, String> others = new LinkedHashMap<>();

  private RunNames(RunFilter filter) {
    filter.columns().forEach(this::addColumn);
    filter.where().forEach(condition -> add("where", condition.name()));
    if (filter.sort() != null) {
      add("sort", filter.sort());
    }
  }

  /**
   * The names of a question.
   *
   * @return fails with {@link InvalidMessageException} where there is none of a name, naming the
   *     parameter
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
                        .setParameter(
                            "names",
                            new String(
                                Messages.write(names.others.keySet()), StandardCharsets.UTF_8))
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
      throw unknown("columns", name, "no field of requests");
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
              + " is not a number, and "
              + condition.name()
              + " is a metric");
    }
    if (field != null && isOrdered && !isNumber(field)) {
      throw new InvalidMessageException(
          "where", condition.name() + " is not a number; compare it with = or !=");
    }
  }

  /** The field of a condition; null where it is of a metric. */
  FieldPath field(Condition condition) {
    return condition.number() != null ? field(condition.name()) : fields.get(condition.name());
  }

  /** The field of a name; null where it is a metric. */
  FieldPath field(String name) {
    return RequestSchema.isMetric(name) ? null : fields.get(name);
  }

  boolean isNumber(FieldPath field) {
    return numbers.contains(field.text());
  }

  /** What is told of the runs beside what is told anyway. */
  List<FieldPath> columns() {
    return List.copyOf(columns.values());
  }
}
