package io.millrace.results.admission;

import io.millrace.contracts.Check;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.Sweep;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * The runs that a message requests: one run, or the runs of a sweep. For adaptive seeds or a
 * search, these are the first runs.
 *
 * @param base the run's id; for a sweep, the base of its runs' ids
 * @param runs the run ids, in the order of their indices
 * @param request makes the request of an index, with its run filled in; not cached, because the
 *     requests of a sweep may take megabytes together
 * @param plan of a sweep with adaptive seeds, or of a search
 */
public record RequestedRuns(
    String base,
    List<String> runs,
    IntFunction<TrainingRequest> request,
    Optional<RequestedPlan> plan) {

  /**
   * Reads a request or a sweep.
   *
   * @param fallback the run's id if the message has none; may be null
   * @throws io.millrace.contracts.InvalidMessageException naming the field
   */
  public static RequestedRuns read(byte[] json, String fallback) {
    if (Sweep.isSweep(json)) {
      Sweep sweep = Sweep.read(json, fallback);
      List<Integer> indices = sweep.indices();
      return new RequestedRuns(
          sweep.base(),
          sweep.runs(),
          index -> sweep.request(indices.get(index)),
          RequestedPlan.of(json, sweep));
    }
    TrainingRequest request = Messages.readRequest(json);
    return of(request.withRun(Check.name("run", Check.orElse(request.run(), fallback))));
  }

  /**
   * The run of a request that names its run.
   *
   * @throws io.millrace.contracts.InvalidMessageException if the request is too large
   */
  public static RequestedRuns of(TrainingRequest request) {
    Messages.writeRequest(request); // Fails if it is too large.
    return new RequestedRuns(
        request.run(), List.of(request.run()), index -> request, Optional.empty());
  }
}
