package io.millrace.trainer;

import com.sun.management.OperatingSystemMXBean;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.trainer.network.NetworkFactory;
import io.millrace.trainer.training.Planner;
import io.quarkus.arc.DefaultBean;
import jakarta.enterprise.context.ApplicationScoped;
import java.lang.management.ManagementFactory;

/**
 * Plans with {@link NetworkPlan#of}. Rejects a network whose training would need more memory, heap
 * or native, than this trainer may use.
 */
@ApplicationScoped
@DefaultBean
class DefaultPlanner implements Planner {
  /** Heap that the service itself needs, in bytes. */
  private static final long OWN_HEAP = 192L << 20;

  private final NetworkFactory networks;
  private final long memoryBytes;
  private final long heapBytes;

  DefaultPlanner(TrainerSettings settings, NetworkFactory networks) {
    this.networks = networks;
    memoryBytes = settings.memoryBytes().orElseGet(DefaultPlanner::besideTheHeap);
    long batches = settings.windowBytes() + settings.evaluationCacheBytes();
    heapBytes = Math.max(0, Runtime.getRuntime().maxMemory() - OWN_HEAP - batches);
  }

  @Override
  public NetworkPlan plan(TrainingRequest request, DatasetDescription data) {
    NetworkPlan plan = NetworkPlan.of(request, data);
    networks.estimate(plan, request).refuseAbove(memoryBytes, heapBytes, request.batchSize());
    return plan;
  }

  /**
   * Default limit of native memory: three quarters of the memory that the machine or container has
   * beyond the maximum heap.
   */
  private static long besideTheHeap() {
    var machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long rest = machine.getTotalMemorySize() - Runtime.getRuntime().maxMemory();
    return Math.max(rest / 4 * 3, 1 << 28);
  }
}
