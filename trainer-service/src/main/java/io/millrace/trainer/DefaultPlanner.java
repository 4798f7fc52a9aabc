package io.millrace.trainer;

import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.trainer.model.NetworkPlan;
import io.millrace.trainer.training.Planner;
import io.quarkus.arc.DefaultBean;
import jakarta.enterprise.context.ApplicationScoped;

/** Plans with {@link NetworkPlan#of}. */
@ApplicationScoped
@DefaultBean
class DefaultPlanner implements Planner {

  @Override
  public NetworkPlan plan(TrainingRequest request, DatasetDescription data) {
    return NetworkPlan.of(request, data);
  }
}
