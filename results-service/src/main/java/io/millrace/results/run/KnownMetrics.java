package io.millrace.results.run;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.Suggestion;
import io.millrace.results.request.RequestSchema;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * The metrics that some runs have, to reject unknown ones. Metrics that the runs may still get are
 * accepted: those that their requests name, and any before their first epoch has ended.
 */
public final class KnownMetrics {
  /** Always accepted: every run gets a loss. */
  private static final String LOSS = "loss";

  private static final int MAX_NAMES = 200;
  private static final int MAX_LISTED = 1_000;

  private static final String EXISTS =
      """
      select exists (select from run as r join run_metric as m on m.run_id = r.id
                     where <which> and m.name = :metric)
      """;

  private static final String NAMES =
      """
      select distinct m.name
      from run as r join run_metric as m on m.run_id = r.id
      where <which>
      order by m.name
      """;

  private static final String REQUESTED =
      """
      select distinct requested.name
      from run as r
      cross join lateral json_array_elements_text(
        case when json_typeof(r.request -> 'metrics') = 'array' then r.request -> 'metrics'
             else '[]' end) as requested(name)
      where <which> and r.state <> 'REJECTED'
      """;

  private final String which;
  private final Object value;
  private final boolean ofEpochs;

  private KnownMetrics(String which, Object value, boolean ofEpochs) {
    this.which = which;
    this.value = value;
    this.ofEpochs = ofEpochs;
  }

  /** The metrics of an experiment's runs. */
  public static KnownMetrics ofExperiment(String experiment) {
    return new KnownMetrics("r.experiment = :value", experiment, false);
  }

  /** The epoch metrics of an experiment's runs. */
  public static KnownMetrics ofEpochs(String experiment) {
    return new KnownMetrics("r.experiment = :value", experiment, true);
  }

  /** The epoch metrics of some runs. */
  public static KnownMetrics ofEpochs(Collection<String> runs) {
    return new KnownMetrics("r.run in :value", runs, true);
  }

  /**
   * Rejects a metric that none of the runs has.
   *
   * @return fails with {@link InvalidMessageException}, which names the parameter {@code metric}
   */
  public Uni<Void> check(String metric) {
    if (metric.equals(LOSS) || metric.equals("val_loss")) {
      return Uni.createFrom().voidItem();
    }
    return Sessions.with(
        session ->
            query(session, EXISTS, Boolean.class)
                .setParameter("metric", metric)
                .getSingleResult()
                .chain(
                    found ->
                        found && isOfKind(metric)
                            ? Uni.createFrom().voidItem()
                            : query(session, NAMES, String.class)
                                .setMaxResults(MAX_NAMES)
                                .getResultList()
                                .chain(
                                    names ->
                                        query(session, REQUESTED, String.class)
                                            .setMaxResults(MAX_NAMES)
                                            .getResultList()
                                            .invoke(requested -> check(metric, names, requested))
                                            .replaceWithVoid())));
  }

  private <T> Mutiny.SelectionQuery<T> query(Mutiny.Session session, String sql, Class<T> type) {
    return session
        .createNativeQuery(sql.replace("<which>", which), type)
        .setParameter("value", value);
  }

  private boolean isOfKind(String metric) {
    return !ofEpochs || !metric.startsWith("test_") && !RequestSchema.OF_ANY_RUN.contains(metric);
  }

  private void check(String metric, List<String> names, List<String> requested) {
    List<String> existing = names.stream().filter(this::isOfKind).toList();
    if (existing.isEmpty() || !ofEpochs && RequestSchema.OF_ANY_RUN.contains(metric)) {
      return;
    }
    Predicate<String> isBare = name -> !name.startsWith("val_") && !name.startsWith("test_");
    var bare = new ArrayList<String>(requested);
    existing.stream()
        .filter(isBare)
        .filter(name -> !RequestSchema.OF_ANY_RUN.contains(name))
        .forEach(bare::add);
    var expected = new TreeSet<String>(existing);
    bare.forEach(
        name -> {
          expected.add(name);
          expected.add("val_" + name);
          if (!ofEpochs) {
            expected.add("test_" + name);
          }
        });
    if (!ofEpochs) {
      expected.add("test_" + LOSS);
    }
    if (!expected.contains(metric)) {
      throw new InvalidMessageException(
          "metric",
          Check.quote(metric)
              + " is not a metric of these runs; give one of "
              + Check.cut(String.join(", ", existing), MAX_LISTED)
              + Suggestion.of(metric, expected).orElse(""));
    }
  }
}
