package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.model.NetworkPlan;
import io.millrace.trainer.network.Device;
import io.millrace.trainer.network.Network;
import io.millrace.trainer.network.NetworkFactory;

/** Makes networks on Deeplearning4j. */
public final class Dl4jNetworkFactory implements NetworkFactory {
  private final Backend backend;

  /**
   * Starts ND4J, once for the process: the first factory's device is that of all.
   *
   * @throws IllegalStateException if the GPU is demanded and can't be had, with the reason
   */
  public Dl4jNetworkFactory(Device device) {
    this.backend = Backend.get(device);
  }

  @Override
  public String device() {
    return backend.device();
  }

  @Override
  public Network create(NetworkPlan plan, TrainingRequest request) {
    return new Dl4jNetwork(plan, request, backend.residence());
  }
}
