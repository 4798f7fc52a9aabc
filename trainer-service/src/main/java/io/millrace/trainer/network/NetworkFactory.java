package io.millrace.trainer.network;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.TrainingRequest;
import java.util.Optional;

/** Creates networks on a device. */
public interface NetworkFactory {

  /** The device on which this factory's networks train, and why: a sentence for logs and events. */
  String device();

  /** The device's own memory; empty if networks train in the machine's memory. */
  default Optional<DeviceMemory> memory() {
    return Optional.empty();
  }

  /** The estimated memory for training a network here. */
  TrainingMemory estimate(NetworkPlan plan, TrainingRequest request);

  /**
   * A new network with initial weights from the seed.
   *
   * @param plan the layers with their shapes, see {@link NetworkPlan#of}
   * @param request supplies the loss, the optimizer and the seed
   * @throws io.millrace.contracts.InvalidMessageException naming a layer that the device does not
   *     support
   */
  Network create(NetworkPlan plan, TrainingRequest request);
}
