package io.millrace.results.adaptive;

import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.Sweep;
import java.util.List;
import java.util.function.Function;

/**
 * The result of checking a plan.
 *
 * @param state to store as the plan's outcome
 * @param summary the state as text, for the log
 * @param finished whether the plan needs no further runs
 * @param wanted makes the requests to submit now from the plan's sweep
 */
record Look(
    Object state,
    String summary,
    boolean finished,
    List<Function<Sweep, TrainingRequest>> wanted) {}
