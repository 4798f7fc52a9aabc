package io.millrace.results.desk;

import io.millrace.contracts.Check;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.Sweep;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What a message asks for: one run, or the runs of a sweep.
 *
 * @param base the run's id; of a sweep the base of its runs' ids
 * @param runs every run's id, in the order of their indices
 * @param request of an index, with its run filled in; made again with each call, since those of a
 *     sweep may take megabytes together
 */
public record Asked(String base, List<String> runs, IntFunction<TrainingRequest> request) {

  /**
   * Reads a request or a sweep.
   *
   * @param fallback the run's id where the message has none; null where there is none either
   * @throws io.millrace.contracts.InvalidMessageException naming the field
   */
  public static Asked read(byte[] json, String fallback) {
    if (Sweep.isSweep(json)) {
      Sweep sweep = Sweep.read(json, fallback);
      return new Asked(sweep.base(), sweep.runs(), sweep::request);
    }
    TrainingRequest request = Messages.readRequest(json);
    String run = Check.name("run", Check.orElse(request.run(), fallback));
    TrainingRequest whole = request.withRun(run);
    Messages.writeRequest(whole); // Refuses it here where it is too large.
    return new Asked(run, List.of(run), index -> whole);
  }
}
