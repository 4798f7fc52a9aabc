package io.millrace.results.admission;

import io.millrace.contracts.Check;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.Sweep;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What a message asks for: one run, or the runs of a sweep. Where that runs its seeds until it is
 * decided, or is a search, the runs are those that it starts with.
 *
 * @param base the run's id; of a sweep the base of its runs' ids
 * @param runs every run's id, in the order of their indices
 * @param request of an index, with its run filled in; made again with each call, since those of a
 *     sweep may take megabytes together
 * @param plan of a sweep that runs its seeds until it is decided, or of a search
 */
public record RequestedRuns(
    String base,
    List<String> runs,
    IntFunction<TrainingRequest> request,
    Optional<RequestedPlan> plan) {

  /**
   * Reads a request or a sweep.
   *
   * @param fallback the run's id where the message has none; null where there is none either
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
   * Of a request with its run.
   *
   * @throws io.millrace.contracts.InvalidMessageException where it is too large
   */
  public static RequestedRuns of(TrainingRequest request) {
    Messages.writeRequest(request); // Refuses it here where it is too large.
    return new RequestedRuns(
        request.run(), List.of(request.run()), index -> request, Optional.empty());
  }
}
