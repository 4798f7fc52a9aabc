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
 * The part of a sweep that outlives its first runs: that its seeds run until it is decided, or that
 * it is a search. It is written with them, in one transaction, and looked after by {@code
 * results.adaptive}.
 *
 * @param request the sweep with its base as {@code run}
 * @param seeds null of a search
 * @param search null where seeds run until it is decided; the values of its trials likewise
 */
public record RequestedPlan(
    String base,
    String experiment,
    JsonNode request,
    List<String> variants,
    AdaptiveSeeds seeds,
    Search search,
    List<Map<String, Object>> trials) {

  /** That of a sweep; empty where all its runs are asked for at once. */
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

  /** What becomes of the sweep: it is refused where there is another one under its base. */
  Uni<Admission.Outcome> checked(Mutiny.StatelessSession session, Admission.Outcome outcome) {
    return PlanStore.of(session, base)
        .map(
            there ->
                outcome instanceof Admitted admitted
                    ? there == null || isSame(there)
                        ? admitted.with(there == null || isReopened(there, admitted))
                        : new Refused(
                            "run",
                            Check.quote(base)
                                + " already belongs to another sweep; give another run id",
                            true)
                    : outcome);
  }

  private boolean isSame(Plan there) {
    return request.equals(
        Messages.read(there.request().getBytes(StandardCharsets.UTF_8), JsonNode.class));
  }

  /** One that has ended, whose runs are new again. */
  private static boolean isReopened(Plan there, Admitted admitted) {
    return there.endedAt() != null && !admitted.fresh().isEmpty();
  }

  /** Writes it, or opens the one that is there again. */
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
    return part == null ? null : new String(Messages.write(part), StandardCharsets.UTF_8);
  }
}
