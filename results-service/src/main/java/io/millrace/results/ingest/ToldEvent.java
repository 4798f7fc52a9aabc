package io.millrace.results.ingest;

import io.millrace.contracts.event.TrainingEvent;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/**
 * An event and who told it.
 *
 * @param place of its record, {@code topic-partition@offset}
 * @param claim the version of the claim under which its trainer had the run; null where it had none
 * @param trace of the run
 */
record ToldEvent(TrainingEvent event, Integer claim, String place, Context trace) {

  /**
   * Splits events, which stand in the order of their records, so that within a part the events of a
   * run are of one claim. An event of a lower claim than one before it comes from a trainer that
   * had lost the run, and is left out.
   */
  static List<List<ToldEvent>> byClaim(List<ToldEvent> events) {
    var parts = new ArrayList<List<ToldEvent>>();
    var part = new ArrayList<ToldEvent>();
    var claims = new HashMap<String, Integer>();
    for (ToldEvent told : events) {
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
      part.add(told);
    }
    parts.add(part);
    return parts;
  }
}
