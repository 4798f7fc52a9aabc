package io.millrace.trainer;

import io.millrace.trainer.dl4j.Dl4jNetworkFactory;
import io.millrace.trainer.network.NetworkFactory;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The configured device and the networks that train on it. */
@ApplicationScoped
class TrainingDevice {

  @Produces
  @Singleton
  NetworkFactory networks(TrainerSettings settings) {
    try {
      return new Dl4jNetworkFactory(settings.device());
    } catch (IllegalStateException e) {
      // Quarkus prints this message in one line and exits.
      throw new ConfigurationException("millrace.trainer.device: " + e.getMessage());
    }
  }
}
