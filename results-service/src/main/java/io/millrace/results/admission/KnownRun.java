package io.millrace.results.admission;

import io.millrace.results.store.RunState;
import java.time.Instant;
import java.util.Map;

/**
 * The state of a run when a request for it arrives.
 *
 * @param request as stored in the database
 * @param place of the record that requested it, see {@link RequestPlace}; null for a run from
 *     before admission
 * @param endedAt null while it has not ended
 * @param hasStarted whether a trainer ever started it
 * @param extending whether an extension of it is queued
 * @param claim the highest claim version known for it; 0 if it has none
 */
record KnownRun(
    RunState state,
    Map<String, Object> request,
    String place,
    Instant endedAt,
    boolean hasStarted,
    boolean extending,
    int claim) {}
