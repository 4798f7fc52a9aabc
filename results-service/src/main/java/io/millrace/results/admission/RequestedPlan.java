package io.millrace.results.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.sweep.AdaptiveSeeds;
import io.millrace.contracts.sweep.Search;
import io.millrace.contracts.sweep.Sweep;
import io.millrace.results.admission.Admission.Admitted;
import io.millrace.results.admission.Admission.Refused;
import io.millrace.results.store.PlanStore;
import io.millrace.results.store.PlanStore.Plan;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * The part of a sweep that requests further runs: adaptive seeds, or a search. It is written with
 * the first runs, in one transaction, and executed by {@code results.adaptive}.
 *
 * @param request the sweep with its base as {@code run}
 * @param seeds null for a search
 * @param search null for adaptive seeds
 * @param trials the swept values of each trial; null for adaptive seeds
 */
public record RequestedPlan(
    String base,
    String experiment,
    JsonNode request,
    List<String> variants,
    AdaptiveSeeds seeds,
    Search search,
    List<Map<String, Object>> trials) {

  /** The plan of a sweep; empty if all its runs are requested at once. */
  static Optional<RequestedPlan> of(byte[] json, Sweep sweep) {
    if (sweep.adaptive().isEmpty() && sweep.search().isEmpty()) {
      return Optional.empty();
    }
    ObjectNode request = (ObjectNode) Messages.readStrictly(json, JsonNode.class);
    return Optional.of(
        new RequestedPlan(
            sweep.base(),
            sweep.request(0).experiment(),
            request.put("run", sweep.base()),
            sweep.variants(),
            sweep.adaptive().orElse(null),
            sweep.search().orElse(null),
            sweep.search().isEmpty()
                ? null
                : IntStream.range(0, sweep.size()).mapToObj(sweep::values).toList()));
  }

  /** The outcome with this plan: a rejection if another sweep with the same base exists. */
  Uni<Admission.Outcome> checked(Mutiny.StatelessSession session, Admission.Outcome outcome) {
    return PlanStore.of(session, base)
        .map(
            existing ->
                outcome instanceof Admitted admitted
                    ? existing == null || isSame(existing)
                        ? admitted.with(existing == null || isReopened(existing, admitted))
                        : new Refused(
                            "run",
                            Check.quote(base)
                                + " already belongs to another sweep; give another run id",
                            true)
                    : outcome);
  }

  private boolean isSame(Plan existing) {
    return request.equals(
        Messages.read(existing.request().getBytes(StandardCharsets.UTF_8), JsonNode.class));
  }

  /** Whether the plan has ended and its runs are new again. */
  private static boolean isReopened(Plan existing, Admitted admitted) {
    return existing.endedAt() != null && !admitted.fresh().isEmpty();
  }

  /** Writes the plan, or reopens the existing one. */
  Uni<?> write(Mutiny.StatelessSession session, RequestPlace place, String owner) {
    var plan =
        new Plan(
            base,
            experiment,
            text(request),
            text(variants),
            text(seeds),
            text(search),
            text(trials),
            owner,
            place.at(),
            null,
            null,
            null);
    return PlanStore.insert(session, plan)
        .chain(
            inserted ->
                inserted > 0 ? Uni.createFrom().item(inserted) : PlanStore.reopen(session, plan))
        .call(
            written ->
                search == null
                    ? Uni.createFrom().voidItem()
                    : PlanStore.mark(session, base, search.trials()));
  }

  private static String text(Object part) {
    return part == null ? null : Messages.text(part);
  }
}
