package io.millrace.trainer;

import io.millrace.trainer.dl4j.Dl4jNetworkFactory;
import io.millrace.trainer.network.NetworkFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The configured device, with the networks that train on it. */
@ApplicationScoped
class TrainingDevice {

  @Produces
  @Singleton
  NetworkFactory networks(TrainerSettings settings) {
    return new Dl4jNetworkFactory(settings.device());
  }
}
