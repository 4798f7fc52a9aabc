package io.millrace.results.adaptive;

import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.Sweep;
import java.util.List;
import java.util.function.Function;

/**
 * What a look at a plan comes to.
 *
 * @param state to be kept as the plan's outcome
 * @param told the same, for the log
 * @param finished whether the plan wants nothing more
 * @param wanted the requests of the runs that are to be asked for now, each made of the plan's
 *     sweep
 */
record Look(
    Object state, String told, boolean finished, List<Function<Sweep, TrainingRequest>> wanted) {}
