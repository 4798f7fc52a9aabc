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
 * Lets runs in: in one transaction it looks what is known of a request's runs, decides, and writes
 * the runs that are new. One admission at a time, in all services together, so that one id is one
 * run, whichever partition its requests came by. The same record again comes to the same end.
 */
@ApplicationScoped
public class Admission {
  /** Held until the commit. */
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

  private static final String WAS_ASKED =
      """
      select exists (select from run where run in (:base, :first))
          or exists (select from deleted_run where run in (:base, :first))
      """;

  private final Mutiny.SessionFactory sessions;
  private final RunStore store;
  private final int mostQueued;

  Admission(
      Mutiny.SessionFactory sessions,
      RunStore store,
      @ConfigProperty(name = "millrace.limits.queued-runs-per-caller") int mostQueued) {
    this.sessions = sessions;
    this.store = store;
    this.mostQueued = mostQueued;
  }

  /** What has become of a request. */
  public sealed interface Outcome {}

  /**
   * It was let in.
   *
   * @param queued the runs that are to be queued; empty where all of them were there before
   * @param isPlanned whether a plan is to be written, or opened again
   */
  public record Admitted(List<QueuedRun> queued, boolean isPlanned) implements Outcome {
    /** Whether nothing is new. */
    public boolean isEmpty() {
      return queued.isEmpty() && !isPlanned;
    }

    Admitted with(boolean planned) {
      return new Admitted(queued, planned);
    }

    /** Those that were never let in before. */
    public List<QueuedRun> fresh() {
      return queued.stream().filter(QueuedRun::isNew).toList();
    }
  }

  /**
   * It was refused, and nothing was written.
   *
   * @param field of the request; empty where none is to blame
   * @param reason without the field
   * @param conflict whether there is a run of the id, which stays what it is
   */
  public record Refused(String field, String reason, boolean conflict) implements Outcome {}

  /**
   * Its caller has too many runs in the queue, and nothing was written.
   *
   * @param reason in words for the user
   */
  public record Full(String reason) implements Outcome {}

  /**
   * A run for the queue.
   *
   * @param index of its request
   * @param isMoved whether it moves there from the topic of requests, where it was queued before
   *     there was a desk
   * @param claim the highest version of a claim that is known of it; 0 for none
   * @param isNew whether it was never let in before
   */
  public record QueuedRun(int index, boolean isMoved, int claim, boolean isNew) {}

  /**
   * Lets the runs of a request in.
   *
   * @param owner who submitted it; null where nobody was asked
   */
  public Uni<Outcome> admit(RequestedRuns asked, RequestPlace place, String owner) {
    return sessions.withStatelessTransaction(
        session ->
            session
                .createNativeQuery(LOCK, Integer.class)
                .getSingleResult()
                .chain(locked -> known(session, asked))
                .chain(
                    known ->
                        Tombstones.of(session, asked.runs())
                            .map(deleted -> decide(asked, known, place, deleted)))
                .chain(outcome -> planned(session, asked, outcome))
                .chain(
                    outcome -> {
                      return outcome instanceof Admitted admitted && !admitted.isEmpty()
                          ? quota(session, admitted, owner)
                              .call(checked -> write(session, asked, place, owner, checked))
                          : Uni.createFrom().item(outcome);
                    }));
  }

  /**
   * What {@link #admit} would come to now; nothing is written.
   *
   * @param place null where the request has none yet
   */
  public Uni<Outcome> look(RequestedRuns asked, RequestPlace place, String owner) {
    return sessions.withStatelessSession(
        session ->
            known(session, asked)
                .map(known -> decide(asked, known, place, Map.of()))
                .chain(outcome -> planned(session, asked, outcome))
                .chain(
                    outcome ->
                        outcome instanceof Admitted admitted && !admitted.isEmpty()
                            ? quota(session, admitted, owner)
                            : Uni.createFrom().item(outcome)));
  }

  private static Uni<Outcome> planned(
      Mutiny.StatelessSession session, RequestedRuns asked, Outcome outcome) {
    return asked.plan().isPresent()
        ? asked.plan().get().checked(session, outcome)
        : Uni.createFrom().item(outcome);
  }

  private static Outcome decide(
      RequestedRuns asked,
      Map<String, KnownRun> known,
      RequestPlace place,
      Map<String, Tombstone> deleted) {
    var queued = new ArrayList<QueuedRun>();
    for (int i = 0; i < asked.runs().size(); i++) {
      KnownRun there = known.get(asked.runs().get(i));
      if (there == null && place != null && isOfDeleted(asked.runs().get(i), place, deleted)) {
        continue;
      }
      TrainingRequest request = asked.request().apply(i);
      Decision verdict =
          AdmissionRules.withWeights(
              AdmissionRules.decide(request, there, place), request, known::get);
      if (verdict instanceof Decision.Refuse refuse) {
        return new Refused(refuse.field(), refuse.reason(), refuse.conflict());
      }
      if (!(verdict instanceof Decision.Nothing)) {
        queued.add(
            new QueuedRun(
                i,
                verdict instanceof Decision.Move,
                there == null ? 0 : there.claim(),
                verdict instanceof Decision.Queue queue && queue.isNew()));
      }
    }
    return new Admitted(List.copyOf(queued), false);
  }

  /** Whether the run was deleted after this record asked for it: then the record comes again. */
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
                waiting + fresh <= mostQueued
                    ? admitted
                    : new Full(
                        Check.quote(owner)
                            + " has "
                            + Check.count(waiting, "run")
                            + " in the queue, and may have "
                            + mostQueued
                            + "; wait until some have begun, or cancel some"));
  }

  private Uni<?> write(
      Mutiny.StatelessSession session,
      RequestedRuns asked,
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
                  TrainingRequest request = asked.request().apply(run.index);
                  return new Rows.Queued(request.run(), place.at(), request, place.id(), owner);
                })
            .toList();
    // The plan first: it tells which runs are trials of a search.
    Uni<?> planned =
        admitted.isPlanned
            ? asked.plan().orElseThrow().write(session, place, owner)
            : Uni.createFrom().voidItem();
    return planned.chain(done -> store.queue(session, rows));
  }

  /** What is known of the runs, and of those whose weights they start from. */
  private static Uni<Map<String, KnownRun>> known(
      Mutiny.StatelessSession session, RequestedRuns asked) {
    var runs = new ArrayList<>(asked.runs());
    for (int i = 0; i < asked.runs().size(); i++) {
      InitialWeights weights = asked.request().apply(i).initialWeights();
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

  /** Whether there is a run of an id, which another request does not change. */
  public Uni<Boolean> isTaken(String run) {
    return sessions.withStatelessSession(
        session ->
            known(session, List.of(run))
                .map(
                    known ->
                        known.values().stream()
                            .anyMatch(there -> there.state() != RunState.REJECTED)));
  }

  /**
   * Whether there is or was a run of an id, or a sweep with that base.
   *
   * @param base that nobody but the desk gives
   */
  Uni<Boolean> wasAsked(String base) {
    return sessions.withStatelessSession(
        session ->
            session
                .createNativeQuery(WAS_ASKED, Boolean.class)
                .setParameter("base", base)
                .setParameter("first", base + "-0")
                .getSingleResult());
  }
}
