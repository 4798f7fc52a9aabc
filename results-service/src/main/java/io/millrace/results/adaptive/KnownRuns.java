package io.millrace.results.adaptive;

import io.millrace.contracts.json.Messages;
import io.millrace.results.statistics.AdaptivePlan;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * The runs of a plan that the database knows, by their indices in the sweep's grid. A failed,
 * cancelled or rejected run has ended without a value.
 */
record KnownRuns(List<String> variants, int seeds, Map<Integer, Known> byIndex)
    implements AdaptivePlan.Results {

  /** A run whose extension is queued has not ended. */
  private static final String OF =
      """
      select r.run,
             r.state in ('COMPLETED', 'FAILED', 'CANCELLED', 'REJECTED') and not r.extending,
             case when r.state = 'COMPLETED' then m.value end
      from run as r
      left join run_metric as m on m.run_id = r.id and m.name = :metric
      where r.run in (select json_array_elements_text(cast(cast(:runs as text) as json)))
      """;

  /**
   * A known run.
   *
   * @param value of the metric; null if it has none or it is not finite
   */
  record Known(boolean hasEnded, Double value) {}

  /** Reads the runs of a plan. */
  static Uni<KnownRuns> of(Mutiny.QueryProducer session, AdaptiveView plan) {
    int seeds = plan.seeds().to();
    var indices = new HashMap<String, Integer>();
    for (int i = 0; i < plan.variants().size() * seeds; i++) {
      indices.put(plan.base() + "-" + i, i);
    }
    return session
        .createNativeQuery(OF, Object[].class)
        .setParameter("metric", plan.seeds().metric())
        .setParameter("runs", Messages.text(indices.keySet()))
        .getResultList()
        .map(
            rows -> {
              var known = new HashMap<Integer, Known>();
              for (Object[] row : rows) {
                Number value = (Number) row[2];
                known.put(
                    indices.get((String) row[0]),
                    new Known((Boolean) row[1], value == null ? null : value.doubleValue()));
              }
              return new KnownRuns(plan.variants(), seeds, known);
            });
  }

  private Known get(String variant, int seed) {
    return byIndex.get(variants.indexOf(variant) * seeds + seed);
  }

  @Override
  public boolean hasEnded(String variant, int seed) {
    Known known = get(variant, seed);
    return known != null && known.hasEnded;
  }

  @Override
  public Double value(String variant, int seed) {
    Known known = get(variant, seed);
    return known == null || !known.hasEnded ? null : known.value;
  }

  /** The indices of wanted runs that do not exist, lower seeds first. */
  List<Integer> missing(Map<String, Integer> wanted) {
    var missing = new ArrayList<Integer>();
    for (int seed = 0; seed < seeds; seed++) {
      for (int variant = 0; variant < variants.size(); variant++) {
        int index = variant * seeds + seed;
        if (seed < wanted.getOrDefault(variants.get(variant), 0) && !byIndex.containsKey(index)) {
          missing.add(index);
        }
      }
    }
    return missing;
  }
}
