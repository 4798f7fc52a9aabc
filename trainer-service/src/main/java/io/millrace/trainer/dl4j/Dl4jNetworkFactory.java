package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.model.NetworkPlan;
import io.millrace.trainer.network.Network;
import io.millrace.trainer.network.NetworkFactory;
import jakarta.inject.Singleton;

/** Makes networks on Deeplearning4j. */
@Singleton
public final class Dl4jNetworkFactory implements NetworkFactory {

  @Override
  public String device() {
    Backend.get();
    return "CPU (oneDNN): built without CUDA";
  }

  @Override
  public Network create(NetworkPlan plan, TrainingRequest request) {
    Backend.get();
    return new Dl4jNetwork(plan, request);
  }
}
