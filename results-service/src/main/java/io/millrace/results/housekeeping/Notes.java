package io.millrace.results.housekeeping;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.results.store.ExperimentNotes;
import io.millrace.results.store.FreshContext;
import io.millrace.results.store.Rows;
import io.millrace.results.store.RunStore;
import io.millrace.results.submission.ForeignRunException;
import io.millrace.results.submission.Requester;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Users' notes and tags on runs and experiments. They are only stored in PostgreSQL: no event
 * contains or changes them.
 */
@ApplicationScoped
public class Notes {
  /** The most characters of a note. */
  private static final int MAX_NOTE = 20_000;

  /** Locks the row, so that nobody else changes the same run meanwhile. */
  private static final String OWNER = "select run, owner from run where run = :run for update";

  private static final String WRITTEN = "select r.note, r.tags from Run r where r.run = :run";

  private static final String KNOWN = "select count(*) from run where experiment = :experiment";

  private static final String FOREIGN =
      "select run, owner from run where experiment = :experiment and owner <> :requester"
          + " order by run limit 1";

  private final Mutiny.SessionFactory sessions;
  private final RunStore store;
  private final FreshContext contexts;

  Notes(Mutiny.SessionFactory sessions, RunStore store, FreshContext contexts) {
    this.sessions = sessions;
    this.store = store;
    this.contexts = contexts;
  }

  /** A change to the note and tags of a run. */
  @Schema(description = "A note, tags, or both. A missing field stays unchanged.")
  public record OfRun(
      @Schema(
              description =
                  "Markdown, at most 20,000 characters. Null or blank text deletes the note.",
              implementation = String.class,
              maxLength = MAX_NOTE)
          JsonNode note,
      @Schema(
              description =
                  "Replaces the run's tags: at most 16 names of at most 64 characters each.",
              examples = "[\"night\"]")
          List<String> tags) {
    public OfRun {
      checkNote(note);
      if (tags != null) {
        tags = TrainingRequest.checkTags(tags);
      }
    }

    /**
     * Reads a body.
     *
     * @throws InvalidMessageException naming the field
     */
    public static OfRun read(byte[] json) {
      OfRun asked = Messages.readStrictly(json, OfRun.class);
      if (asked.note == null && asked.tags == null) {
        throw new InvalidMessageException("", "nothing to change; give note, tags or both");
      }
      return asked;
    }
  }

  /** A change to the note of an experiment. */
  @Schema(description = "A note.")
  public record OfExperiment(
      @Schema(
              description =
                  "Markdown, at most 20,000 characters. Null or blank text deletes the note.",
              implementation = String.class,
              maxLength = MAX_NOTE)
          JsonNode note) {
    public OfExperiment {
      checkNote(note);
    }

    /**
     * Reads a body.
     *
     * @throws InvalidMessageException naming the field
     */
    public static OfExperiment read(byte[] json) {
      OfExperiment asked = Messages.readStrictly(json, OfExperiment.class);
      if (asked.note == null) {
        throw new InvalidMessageException("note", "is required; give null for no note");
      }
      return asked;
    }
  }

  /** The note and tags of a run. */
  @Schema(description = "The note and tags of a run.")
  public record RunNotes(
      @Schema(description = "The run's id.") String run,
      @Schema(description = "Markdown. Absent if there is no note.") String note,
      @Schema(description = "The run's tags, by which it can be found.") List<String> tags) {}

  /** The note of an experiment. */
  @Schema(description = "The note of an experiment.")
  public record ExperimentNote(
      @Schema(description = "The experiment's name.") String experiment,
      @Schema(description = "Markdown. Absent if there is no note.") String note) {}

  private static void checkNote(JsonNode note) {
    if (note == null || note.isNull()) {
      return;
    }
    if (!note.isTextual()) {
      throw new InvalidMessageException("note", "is not text; give a string, or null for no note");
    }
    String text = note.textValue();
    if (text.length() > MAX_NOTE) {
      throw new InvalidMessageException(
          "note", "has " + text.length() + " characters; give at most " + MAX_NOTE);
    }
    // PostgreSQL's text supports neither, and a note is stored as written.
    if (text.codePoints().anyMatch(c -> c == 0 || Character.getType(c) == Character.SURROGATE)) {
      throw new InvalidMessageException(
          "note", "has a NUL character or half of a surrogate pair; leave it out");
    }
  }

  /** The note to store; empty for none. */
  private static String stored(JsonNode note) {
    return note.isNull() || note.textValue().isBlank() ? "" : note.textValue();
  }

  /**
   * Changes the note and tags of a run.
   *
   * @return its note and tags; null if the run does not exist. Fails with {@link
   *     ForeignRunException}
   */
  public Uni<RunNotes> run(String run, OfRun asked, Requester requester) {
    String note = asked.note == null ? null : stored(asked.note);
    return contexts.call(
        () ->
            sessions.withStatelessTransaction(
                session ->
                    session
                        .createNativeQuery(OWNER, Object[].class)
                        .setParameter("run", run)
                        .getSingleResultOrNull()
                        .invoke(found -> checkOwner(found, requester))
                        .chain(
                            found ->
                                found == null
                                    ? Uni.createFrom().<RunNotes>nullItem()
                                    : store
                                        .turn(
                                            session, List.of(new Rows.Noted(run, note, asked.tags)))
                                        .chain(done -> written(session, run)))));
  }

  private static Uni<RunNotes> written(Mutiny.StatelessSession session, String run) {
    return session
        .createSelectionQuery(WRITTEN, Object[].class)
        .setParameter("run", run)
        .getSingleResult()
        .map(row -> new RunNotes(run, (String) row[0], row[1] == null ? List.of() : names(row[1])));
  }

  private static List<String> names(Object column) {
    return ((List<?>) column).stream().map(String.class::cast).toList();
  }

  private static void checkOwner(Object[] found, Requester requester) {
    if (found != null && !requester.mayChange((String) found[1])) {
      throw new ForeignRunException((String) found[0], (String) found[1]);
    }
  }

  /**
   * Changes the note of an experiment. The requester needs the same rights as for archiving all of
   * it.
   *
   * @return its note; null if the experiment does not exist. Fails with {@link ForeignRunException}
   *     if one of its runs belongs to another user
   */
  public Uni<ExperimentNote> experiment(
      String experiment, OfExperiment asked, Requester requester) {
    String note = stored(asked.note);
    return contexts.call(
        () ->
            sessions.withStatelessTransaction(
                session ->
                    session
                        .createNativeQuery(FOREIGN, Object[].class)
                        .setParameter("experiment", experiment)
                        .setParameter("requester", requester.name())
                        .getSingleResultOrNull()
                        .invoke(found -> checkOwner(found, requester))
                        .chain(() -> isKnown(session, experiment))
                        .chain(
                            known ->
                                known
                                    ? put(session, experiment, note)
                                    : Uni.createFrom().<ExperimentNote>nullItem())));
  }

  private static Uni<Boolean> isKnown(Mutiny.StatelessSession session, String experiment) {
    return session
        .createNativeQuery(KNOWN, Long.class)
        .setParameter("experiment", experiment)
        .getSingleResult()
        .map(runs -> runs > 0);
  }

  private static Uni<ExperimentNote> put(
      Mutiny.StatelessSession session, String experiment, String note) {
    return (note.isEmpty()
            ? ExperimentNotes.forget(session, experiment)
            : ExperimentNotes.put(session, experiment, note))
        .map(done -> new ExperimentNote(experiment, note.isEmpty() ? null : note));
  }
}
