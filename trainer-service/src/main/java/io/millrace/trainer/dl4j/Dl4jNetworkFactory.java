package io.millrace.trainer.dl4j;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.MergingSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.dl4j.device.Backend;
import io.millrace.trainer.dl4j.device.Residence;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import io.millrace.trainer.network.Device;
import io.millrace.trainer.network.DeviceMemory;
import io.millrace.trainer.network.Network;
import io.millrace.trainer.network.NetworkFactory;
import io.millrace.trainer.network.TrainingMemory;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/** Creates networks on Deeplearning4j. */
public final class Dl4jNetworkFactory implements NetworkFactory {
  private static final Logger LOG = Logger.getLogger(Dl4jNetworkFactory.class);

  private final Backend backend;

  /**
   * Starts ND4J, once for the process: the first factory's device applies to all.
   *
   * @throws IllegalStateException if the GPU is required and does not work, with the reason
   */
  public Dl4jNetworkFactory(Device device) {
    this.backend = Backend.get(device);
  }

  @Override
  public String device() {
    return backend.device();
  }

  @Override
  public Optional<DeviceMemory> memory() {
    return backend.residence() == Residence.DEVICE ? Optional.of(ofDevice()) : Optional.empty();
  }

  private static DeviceMemory ofDevice() {
    NativeOps natives = NativeOpsHolder.getInstance().getDeviceNativeOps();
    return new DeviceMemory(
        () -> natives.getDeviceTotalMemory(0),
        () -> natives.getDeviceTotalMemory(0) - natives.getDeviceFreeMemory(0));
  }

  @Override
  public TrainingMemory estimate(NetworkPlan plan, TrainingRequest request) {
    var estimate = new MemoryEstimate(plan);
    return new TrainingMemory(
        estimate.nativeBytes(request.optimizer(), request.batchSize()),
        estimate.heapBytes(request.batchSize()));
  }

  @Override
  public Network create(NetworkPlan plan, TrainingRequest request) {
    List<String> onHost = onHost(plan);
    if (backend.residence() == Residence.DEVICE && !onHost.isEmpty()) {
      LOG.warnf(
          "%s: no GPU implementation, so these layers train on the CPU;"
              + " the others train on the GPU",
          String.join(", ", onHost));
    }
    return new Dl4jNetwork(plan, request, backend.residence());
  }

  /** The types of layers that compute in the process's memory even if the network is on a GPU. */
  static List<String> onHost(NetworkPlan plan) {
    return NetworkPart.of(plan).stream()
        .filter(part -> part.isKeras() && !(part.spec() instanceof MergingSpec))
        .map(part -> part.spec().type())
        .distinct()
        .toList();
  }
}
