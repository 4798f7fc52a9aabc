package io.millrace.results.admission;

import io.millrace.results.store.RunState;
import java.time.Instant;
import java.util.Map;

/**
 * What is known of a run when its request comes.
 *
 * @param request as the database has it
 * @param place of the record that asked for it, see {@link RequestPlace}; null of a run of before
 *     the desk
 * @param endedAt null while it has not ended
 * @param hasStarted whether a trainer ever took it up
 * @param extending whether an extension of it waits
 * @param claim the highest version of a claim that is known of it; 0 for none
 */
record KnownRun(
    RunState state,
    Map<String, Object> request,
    String place,
    Instant endedAt,
    boolean hasStarted,
    boolean extending,
    int claim) {}
