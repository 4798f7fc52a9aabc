package io.millrace.trainer.training;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.InitialWeights;
import io.millrace.contracts.tensor.DType;
import io.millrace.contracts.tensor.Safetensors;
import io.millrace.trainer.network.Network;
import io.millrace.trainer.network.Weights;
import io.millrace.trainer.store.ModelVersionStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jboss.logging.Logger;

/** Puts trained weights of the model store in the place of a new network's. */
final class StartingWeights {
  private static final Logger LOG = Logger.getLogger(StartingWeights.class);
  private static final String FIELD = "initial_weights";

  private final ModelVersionStore store;
  private final InitialWeights asked;

  StartingWeights(ModelVersionStore store, InitialWeights asked) {
    this.store = store;
    this.asked = asked;
  }

  /**
   * Takes them over.
   *
   * @throws InvalidMessageException naming the field, where there are none, or where a variable is
   *     not among them or has another shape; the network is as it was then, or given up
   */
  void give(Network network, NetworkPlan plan) throws IOException {
    checkSkipped(plan);
    Path local = store.scratch();
    try {
      fetch(local);
      give(network, read(local));
    } finally {
      Files.deleteIfExists(local);
    }
  }

  private void checkSkipped(NetworkPlan plan) {
    if (asked.skip() == null) {
      return;
    }
    Set<String> layers = new HashSet<>();
    plan.layers().forEach(layer -> layers.add(layer.summary().name()));
    for (int i = 0; i < asked.skip().size(); i++) {
      if (!layers.contains(asked.skip().get(i))) {
        throw new InvalidMessageException(
            FIELD + ".skip[" + i + "]",
            Check.quote(asked.skip().get(i)) + " is not a layer of this network");
      }
    }
  }

  private void fetch(Path local) throws IOException {
    if (asked.run() != null) {
      if (!store.fetchNewest(asked.run(), ModelVersionStore.WEIGHTS, local)) {
        throw new InvalidMessageException(
            FIELD + ".run",
            "the model store has no "
                + ModelVersionStore.WEIGHTS
                + " of "
                + Check.quote(asked.run()));
      }
    } else if (!store.fetch(asked.file(), local)) {
      throw new InvalidMessageException(
          FIELD + ".file", Check.quote(asked.file()) + " is not in the model store");
    }
  }

  private String field() {
    return asked.run() != null ? FIELD + ".run" : FIELD + ".file";
  }

  private Safetensors read(Path local) throws IOException {
    long size = Files.size(local);
    if (size > Integer.MAX_VALUE) {
      throw new InvalidMessageException(
          field(), "its weights have " + size + " bytes; at most 2 GiB can be read");
    }
    try (FileChannel file = FileChannel.open(local)) {
      return Safetensors.read(file.map(FileChannel.MapMode.READ_ONLY, 0, size));
    } catch (InvalidMessageException e) {
      throw e.within(field());
    }
  }

  private void give(Network network, Safetensors file) {
    int taken = 0;
    int count = 0;
    for (Weights own : network.weights()) {
      String layer = own.name().substring(0, own.name().indexOf('/'));
      count++;
      if (!asked.skips(layer)) {
        network.assign(own.name(), values(own, file.tensors().get(own.name()), layer));
        taken++;
      }
    }
    LOG.infof("Starts from trained weights: %d of %s", taken, Check.count(count, "variable"));
  }

  private float[] values(Weights own, Safetensors.Tensor there, String layer) {
    String instead =
        "; put "
            + Check.quote(layer)
            + " into initial_weights.skip to start it from random weights";
    if (there == null) {
      throw new InvalidMessageException(
          field(), "has no variable " + Check.quote(own.name()) + instead);
    }
    if (!there.spec().shape().equals(own.shape())) {
      throw new InvalidMessageException(
          field(),
          Check.quote(own.name())
              + " has the shape "
              + there.spec().shape()
              + " there, and "
              + own.shape()
              + " in this network"
              + instead);
    }
    if (there.spec().dtype() != DType.F32) {
      throw new InvalidMessageException(
          field(),
          Check.quote(own.name()) + " is of the type " + there.spec().dtype() + "; give F32");
    }
    float[] values = new float[there.spec().elements()];
    there.data().asFloatBuffer().get(values);
    return values;
  }
}
