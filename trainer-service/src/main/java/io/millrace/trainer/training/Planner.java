package io.millrace.trainer.training;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;

/** Turns a request's layers into a plan for its data, see {@link NetworkPlan#of}. */
@FunctionalInterface
public interface Planner {

  /**
   * Makes the plan.
   *
   * @throws io.millrace.contracts.InvalidMessageException naming the layer that does not fit
   */
  NetworkPlan plan(TrainingRequest request, DatasetDescription data);
}
