package io.millrace.trainer;

import com.sun.management.OperatingSystemMXBean;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.trainer.model.NetworkPlan;
import io.millrace.trainer.training.Planner;
import io.quarkus.arc.DefaultBean;
import jakarta.enterprise.context.ApplicationScoped;
import java.lang.management.ManagementFactory;

/**
 * Plans with {@link NetworkPlan#of}, and refuses a network whose training would take more memory
 * than this trainer may use beside its heap.
 */
@ApplicationScoped
@DefaultBean
class DefaultPlanner implements Planner {
  private final long memoryBytes;

  DefaultPlanner(TrainerSettings settings) {
    memoryBytes = settings.memoryBytes().orElseGet(DefaultPlanner::besideTheHeap);
  }

  @Override
  public NetworkPlan plan(TrainingRequest request, DatasetDescription data) {
    NetworkPlan plan = NetworkPlan.of(request, data);
    plan.refuseAbove(memoryBytes, request.optimizer(), request.batchSize());
    return plan;
  }

  /** Three quarters of what the machine, or the container, has beyond the heap's limit. */
  private static long besideTheHeap() {
    var machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long rest = machine.getTotalMemorySize() - Runtime.getRuntime().maxMemory();
    return Math.max(rest / 4 * 3, 1 << 28);
  }
}
