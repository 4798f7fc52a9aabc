package io.millrace.results.ingest;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.event.TrainingEvent.RunDeleted;
import io.millrace.contracts.event.TrainingEvent.RunQueued;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.results.store.Tombstones.Tombstone;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An event and who told it.
 *
 * @param claim the version of the claim under which its trainer had the run; null where it had none
 * @param told the event as it was told: the same bytes are the same event, however often they come
 * @param trace of the run
 * @param publishedAt the broker's time of its record
 */
record ReceivedEvent(
    TrainingEvent event, Integer claim, byte[] told, Context trace, Instant publishedAt) {

  /**
   * Splits events, which stand in the order of their records, so that within a part the events of a
   * run are of one claim, and a deletion is a part of its own. An event of a lower claim than one
   * before it comes from a trainer that had lost the run, and is left out.
   */
  static List<List<ReceivedEvent>> byClaim(List<ReceivedEvent> events) {
    var parts = new ArrayList<List<ReceivedEvent>>();
    var part = new ArrayList<ReceivedEvent>();
    var claims = new HashMap<String, Integer>();
    for (ReceivedEvent told : events) {
      Integer known = claims.get(told.event.run());
      if (told.claim != null && known != null && told.claim < known) {
        continue;
      }
      if (told.claim != null && known != null && told.claim > known) {
        parts.add(part);
        part = new ArrayList<>();
      }
      if (told.claim != null) {
        claims.put(told.event.run(), told.claim);
      }
      if (told.event instanceof RunDeleted) {
        // In one transaction the progress of the run, which is written last, would bring it back.
        parts.add(part);
        parts.add(List.of(told));
        part = new ArrayList<>();
        claims.remove(told.event.run());
      } else {
        part.add(told);
      }
    }
    parts.add(part);
    return parts;
  }

  /**
   * The events that count, of runs some of which were deleted: what was published before a deletion
   * is of the deleted run, and what comes after it counts once the run was asked for again.
   */
  static List<ReceivedEvent> counting(List<ReceivedEvent> events, Map<String, Tombstone> deleted) {
    var there = new HashSet<String>();
    deleted.forEach(
        (run, tombstone) -> {
          if (tombstone.isThere()) {
            there.add(run);
          }
        });
    return events.stream().filter(told -> told.counts(deleted, there)).toList();
  }

  private boolean counts(Map<String, Tombstone> deleted, Set<String> there) {
    Tombstone tombstone = deleted.get(event.run());
    if (tombstone == null || event instanceof RunDeleted) {
      return true;
    }
    if (!publishedAt.isAfter(tombstone.at())) {
      return false;
    }
    if (event instanceof RunQueued || event instanceof RunRejected) {
      there.add(event.run());
    }
    return there.contains(event.run());
  }
}
