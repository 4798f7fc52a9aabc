package io.millrace.results.housekeeping;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.event.TrainingEvent.RunArchived;
import io.millrace.contracts.event.TrainingEvent.RunDeleted;
import io.millrace.results.store.Rows;
import java.time.Instant;

/** What a user does with runs that have ended. */
public enum Deed {
  /** They are hidden from lists and comparisons. */
  ARCHIVE("archived"),
  /** They are shown again. */
  RESTORE("restored"),
  /** They are gone, with their losses, models and checkpoints. */
  DELETE("deleted");

  private final String done;

  Deed(String done) {
    this.done = done;
  }

  /** The verb, as it stands in paths and in the audit log. */
  public String verb() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** The verb's participle. */
  String done() {
    return done;
  }

  /** Whether nothing is left to do. */
  boolean isDone(boolean archived) {
    return this == ARCHIVE && archived || this == RESTORE && !archived;
  }

  TrainingEvent event(String run, Instant at) {
    return this == DELETE
        ? new RunDeleted(null, run, at)
        : new RunArchived(null, run, at, this == ARCHIVE);
  }

  /**
   * What becomes of the tables.
   *
   * @param at the broker's time of the event
   */
  Rows.Turn turn(String run, Instant at) {
    return this == DELETE ? new Rows.Deleted(run, at) : new Rows.Archived(run, at, this == ARCHIVE);
  }
}
