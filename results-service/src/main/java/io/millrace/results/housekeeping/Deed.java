package io.millrace.results.housekeeping;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.event.TrainingEvent.RunArchived;
import io.millrace.contracts.event.TrainingEvent.RunDeleted;
import io.millrace.results.store.Rows;
import java.time.Instant;

/** An action on runs that have ended. */
public enum Deed {
  /** Hides them from lists and comparisons. */
  ARCHIVE("archived"),
  /** Shows them again. */
  RESTORE("restored"),
  /** Deletes them, with their losses, models and checkpoints. */
  DELETE("deleted");

  private final String done;

  Deed(String done) {
    this.done = done;
  }

  /** The verb in paths and in the audit log. */
  public String verb() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** The verb's past participle, for messages. */
  String done() {
    return done;
  }

  /** Whether a run is already in the resulting state. */
  boolean isDone(boolean archived) {
    return this == ARCHIVE && archived || this == RESTORE && !archived;
  }

  TrainingEvent event(String run, Instant at) {
    return this == DELETE
        ? new RunDeleted(null, run, at)
        : new RunArchived(null, run, at, this == ARCHIVE);
  }

  /**
   * The change to the tables.
   *
   * @param at the broker's time of the event
   */
  Rows.Turn turn(String run, Instant at) {
    return this == DELETE ? new Rows.Deleted(run, at) : new Rows.Archived(run, at, this == ARCHIVE);
  }
}
