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
 * An event and its origin.
 *
 * @param claim the version of the trainer's claim on the run; null if it had none
 * @param bytes the event as received: equal bytes are the same event, however often they are
 *     delivered
 * @param trace of the run
 * @param publishedAt the broker's time of its record
 */
record ReceivedEvent(
    TrainingEvent event, Integer claim, byte[] bytes, Context trace, Instant publishedAt) {

  /**
   * Splits events, which are in the order of their records, into parts. Within a part, all events
   * of a run have the same claim. A deletion is a part of its own. An event with a lower claim than
   * an earlier one comes from a trainer that had lost the run, and is dropped.
   */
  static List<List<ReceivedEvent>> byClaim(List<ReceivedEvent> events) {
    var parts = new ArrayList<List<ReceivedEvent>>();
    var part = new ArrayList<ReceivedEvent>();
    var claims = new HashMap<String, Integer>();
    for (ReceivedEvent received : events) {
      Integer known = claims.get(received.event.run());
      if (received.claim != null && known != null && received.claim < known) {
        continue;
      }
      if (received.claim != null && known != null && received.claim > known) {
        parts.add(part);
        part = new ArrayList<>();
      }
      if (received.claim != null) {
        claims.put(received.event.run(), received.claim);
      }
      if (received.event instanceof RunDeleted) {
        // In the same transaction, the run's progress, which is written last, would recreate it.
        parts.add(part);
        parts.add(List.of(received));
        part = new ArrayList<>();
        claims.remove(received.event.run());
      } else {
        part.add(received);
      }
    }
    parts.add(part);
    return parts;
  }

  /**
   * The events that count, if some of their runs were deleted. Events published before a deletion
   * belong to the deleted run. Later events count once the run is requested again.
   */
  static List<ReceivedEvent> counting(List<ReceivedEvent> events, Map<String, Tombstone> deleted) {
    var requestedAgain = new HashSet<String>();
    deleted.forEach(
        (run, tombstone) -> {
          if (tombstone.isRecreated()) {
            requestedAgain.add(run);
          }
        });
    return events.stream().filter(received -> received.counts(deleted, requestedAgain)).toList();
  }

  private boolean counts(Map<String, Tombstone> deleted, Set<String> requestedAgain) {
    Tombstone tombstone = deleted.get(event.run());
    if (tombstone == null || event instanceof RunDeleted) {
      return true;
    }
    if (!publishedAt.isAfter(tombstone.at())) {
      return false;
    }
    if (event instanceof RunQueued || event instanceof RunRejected) {
      requestedAgain.add(event.run());
    }
    return requestedAgain.contains(event.run());
  }
}
