package io.millrace.results.admission;

import io.millrace.contracts.Check;
import io.millrace.contracts.request.InitialWeights;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.results.store.Rows;
import io.millrace.results.store.RunState;
import io.millrace.results.store.RunStore;
import io.millrace.results.store.Tombstones;
import io.millrace.results.store.Tombstones.Tombstone;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Admits runs. One transaction reads the state of the requested runs, decides, and writes the new
 * ones. A database lock allows one admission at a time across all results services, so that one id
 * means one run, whichever partition its requests arrive on. A record that is delivered twice gets
 * the same answer twice.
 */
@ApplicationScoped
public class Admission {
  /** An advisory lock that is held until the commit. */
  private static final String LOCK =
      "select cast(count(pg_advisory_xact_lock(7236831)) as integer)";

  private static final String KNOWN =
      """
      select r.run, r.state, r.request, r.place, r.endedAt, r.startedAt, r.extending,
             r.claim
      from Run r
      where r.run in :runs
      """;

  private static final String QUEUED_OF_OWNER =
      "select count(*) from Run r where r.owner = :owner and r.state = 'QUEUED'";

  private static final String WAS_REQUESTED =
      """
      select exists (select from run where run in (:base, :first))
          or exists (select from deleted_run where run in (:base, :first))
      """;

  private final Mutiny.SessionFactory sessions;
  private final RunStore store;
  private final int maxQueued;

  Admission(
      Mutiny.SessionFactory sessions,
      RunStore store,
      @ConfigProperty(name = "millrace.limits.queued-runs-per-caller") int maxQueued) {
    this.sessions = sessions;
    this.store = store;
    this.maxQueued = maxQueued;
  }

  /** The result of an admission. */
  public sealed interface Outcome {}

  /**
   * The request is admitted.
   *
   * @param queued the runs to queue; empty if all of them exist already
   * @param isPlanned whether to write a plan, or to reopen one
   */
  public record Admitted(List<QueuedRun> queued, boolean isPlanned) implements Outcome {
    /** Whether there is nothing to queue and no plan to write. */
    public boolean isEmpty() {
      return queued.isEmpty() && !isPlanned;
    }

    Admitted with(boolean planned) {
      return new Admitted(queued, planned);
    }

    /** The runs that were never admitted before. */
    public List<QueuedRun> fresh() {
      return queued.stream().filter(QueuedRun::isNew).toList();
    }
  }

  /**
   * The request is rejected, and nothing was written.
   *
   * @param field the invalid field of the request; empty if no single field is invalid
   * @param reason without the field
   * @param conflict whether a run with this id exists; it stays unchanged
   */
  public record Refused(String field, String reason, boolean conflict) implements Outcome {}

  /**
   * The caller has too many runs in the queue, and nothing was written.
   *
   * @param reason a message for the user
   */
  public record Full(String reason) implements Outcome {}

  /**
   * A run to queue.
   *
   * @param index of its request
   * @param isMoved whether it moves to the queue from the request topic, where versions before
   *     admission queued it
   * @param claim the highest claim version known for the run; 0 if it has none
   * @param isNew whether it was never admitted before
   */
  public record QueuedRun(int index, boolean isMoved, int claim, boolean isNew) {}

  /**
   * Admits the runs of a request.
   *
   * @param owner who submitted it; null if authentication is off
   */
  public Uni<Outcome> admit(RequestedRuns requested, RequestPlace place, String owner) {
    return sessions.withStatelessTransaction(
        session ->
            session
                .createNativeQuery(LOCK, Integer.class)
                .getSingleResult()
                .chain(locked -> known(session, requested))
                .chain(
                    known ->
                        Tombstones.of(session, requested.runs())
                            .map(deleted -> decide(requested, known, place, deleted)))
                .chain(outcome -> planned(session, requested, outcome))
                .chain(
                    outcome -> {
                      return outcome instanceof Admitted admitted && !admitted.isEmpty()
                          ? quota(session, admitted, owner)
                              .call(checked -> write(session, requested, place, owner, checked))
                          : Uni.createFrom().item(outcome);
                    }));
  }

  /**
   * What {@link #admit} would return now; writes nothing.
   *
   * @param place null if the request has no record yet
   */
  public Uni<Outcome> look(RequestedRuns requested, RequestPlace place, String owner) {
    return sessions.withStatelessSession(
        session ->
            known(session, requested)
                .map(known -> decide(requested, known, place, Map.of()))
                .chain(outcome -> planned(session, requested, outcome))
                .chain(
                    outcome ->
                        outcome instanceof Admitted admitted && !admitted.isEmpty()
                            ? quota(session, admitted, owner)
                            : Uni.createFrom().item(outcome)));
  }

  private static Uni<Outcome> planned(
      Mutiny.StatelessSession session, RequestedRuns requested, Outcome outcome) {
    return requested.plan().isPresent()
        ? requested.plan().get().checked(session, outcome)
        : Uni.createFrom().item(outcome);
  }

  private static Outcome decide(
      RequestedRuns requested,
      Map<String, KnownRun> known,
      RequestPlace place,
      Map<String, Tombstone> deleted) {
    var queued = new ArrayList<QueuedRun>();
    for (int i = 0; i < requested.runs().size(); i++) {
      KnownRun existing = known.get(requested.runs().get(i));
      if (existing == null
          && place != null
          && isOfDeleted(requested.runs().get(i), place, deleted)) {
        continue;
      }
      TrainingRequest request = requested.request().apply(i);
      Decision decision =
          AdmissionRules.withWeights(
              AdmissionRules.decide(request, existing, place), request, known::get);
      if (decision instanceof Decision.Refuse refuse) {
        return new Refused(refuse.field(), refuse.reason(), refuse.conflict());
      }
      if (!(decision instanceof Decision.Nothing)) {
        queued.add(
            new QueuedRun(
                i,
                decision instanceof Decision.Move,
                existing == null ? 0 : existing.claim(),
                decision instanceof Decision.Queue queue && queue.isNew()));
      }
    }
    return new Admitted(List.copyOf(queued), false);
  }

  /**
   * Whether the run was deleted after this record requested it: the record is then a redelivery.
   */
  private static boolean isOfDeleted(
      String run, RequestPlace place, Map<String, Tombstone> deleted) {
    Tombstone tombstone = deleted.get(run);
    return tombstone != null && !place.at().isAfter(tombstone.at());
  }

  private Uni<Outcome> quota(Mutiny.StatelessSession session, Admitted admitted, String owner) {
    int fresh = admitted.fresh().size();
    if (owner == null || fresh == 0) {
      return Uni.createFrom().item(admitted);
    }
    return session
        .createSelectionQuery(QUEUED_OF_OWNER, Long.class)
        .setParameter("owner", owner)
        .getSingleResult()
        .map(
            waiting ->
                waiting + fresh <= maxQueued
                    ? admitted
                    : new Full(
                        Check.quote(owner)
                            + " has "
                            + Check.count(waiting, "run")
                            + " in the queue, and the limit is "
                            + maxQueued
                            + "; wait until some have started, or cancel some"));
  }

  private Uni<?> write(
      Mutiny.StatelessSession session,
      RequestedRuns requested,
      RequestPlace place,
      String owner,
      Outcome outcome) {
    if (!(outcome instanceof Admitted admitted)) {
      return Uni.createFrom().voidItem();
    }
    List<Rows.Queued> rows =
        admitted.queued.stream()
            .map(
                run -> {
                  TrainingRequest request = requested.request().apply(run.index);
                  return new Rows.Queued(request.run(), place.at(), request, place.id(), owner);
                })
            .toList();
    // The plan comes first: it determines which runs are trials of a search.
    Uni<?> planned =
        admitted.isPlanned
            ? requested.plan().orElseThrow().write(session, place, owner)
            : Uni.createFrom().voidItem();
    return planned.chain(done -> store.queue(session, rows));
  }

  /** The known state of the runs, and of the runs whose weights they start from. */
  private static Uni<Map<String, KnownRun>> known(
      Mutiny.StatelessSession session, RequestedRuns requested) {
    var runs = new ArrayList<>(requested.runs());
    for (int i = 0; i < requested.runs().size(); i++) {
      InitialWeights weights = requested.request().apply(i).initialWeights();
      if (weights != null && weights.run() != null) {
        runs.add(weights.run());
      }
    }
    return known(session, runs);
  }

  private static Uni<Map<String, KnownRun>> known(
      Mutiny.StatelessSession session, List<String> runs) {
    return session
        .createSelectionQuery(KNOWN, Object[].class)
        .setParameter("runs", runs)
        .getResultList()
        .map(
            rows -> {
              var known = new HashMap<String, KnownRun>();
              rows.forEach(row -> known.put((String) row[0], known(row)));
              return known;
            });
  }

  @SuppressWarnings("unchecked")
  private static KnownRun known(Object[] row) {
    return new KnownRun(
        (RunState) row[1],
        row[2] == null ? Map.of() : (Map<String, Object>) row[2],
        (String) row[3],
        (Instant) row[4],
        row[5] != null,
        (Boolean) row[6],
        (Integer) row[7]);
  }

  /** Whether a run with this id exists that another request cannot replace. */
  public Uni<Boolean> isTaken(String run) {
    return sessions.withStatelessSession(
        session ->
            known(session, List.of(run))
                .map(
                    known ->
                        known.values().stream()
                            .anyMatch(existing -> existing.state() != RunState.REJECTED)));
  }

  /**
   * Whether a run with this id, or a sweep with this base, exists or was deleted.
   *
   * @param base an id that only admission assigns
   */
  Uni<Boolean> wasRequested(String base) {
    return sessions.withStatelessSession(
        session ->
            session
                .createNativeQuery(WAS_REQUESTED, Boolean.class)
                .setParameter("base", base)
                .setParameter("first", base + "-0")
                .getSingleResult());
  }
}
