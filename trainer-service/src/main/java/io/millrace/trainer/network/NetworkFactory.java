package io.millrace.trainer.network;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import java.util.Optional;

/** Makes networks on a device. */
public interface NetworkFactory {

  /** Where networks of this factory train, and why there: a sentence for logs and events. */
  String device();

  /** The device's own memory; empty where networks train in the machine's. */
  default Optional<DeviceMemory> memory() {
    return Optional.empty();
  }

  /** What memory the training of a network takes here, estimated. */
  TrainingMemory estimate(NetworkPlan plan, TrainingRequest request);

  /**
   * A fresh network with the seed's weights.
   *
   * @param plan the layers with their shapes, see {@link NetworkPlan#of}
   * @param request whose loss, optimizer and seed are used
   * @throws io.millrace.contracts.InvalidMessageException naming the layer that the device has not
   */
  Network create(NetworkPlan plan, TrainingRequest request);
}
