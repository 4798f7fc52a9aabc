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

/** Replaces a new network's weights by trained weights from the model store. */
final class StartingWeights {
  private static final Logger LOG = Logger.getLogger(StartingWeights.class);
  private static final String FIELD = "initial_weights";

  private final ModelVersionStore store;
  private final InitialWeights from;

  StartingWeights(ModelVersionStore store, InitialWeights from) {
    this.store = store;
    this.from = from;
  }

  /**
   * Loads the weights into the network.
   *
   * @throws InvalidMessageException naming the field, if the weights do not exist, or a variable is
   *     missing or has another shape; discard the network then
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
    if (from.skip() == null) {
      return;
    }
    Set<String> layers = new HashSet<>();
    plan.layers().forEach(layer -> layers.add(layer.summary().name()));
    for (int i = 0; i < from.skip().size(); i++) {
      if (!layers.contains(from.skip().get(i))) {
        throw new InvalidMessageException(
            FIELD + ".skip[" + i + "]",
            Check.quote(from.skip().get(i))
                + " is not a layer of this network; give one of its layers");
      }
    }
  }

  private void fetch(Path local) throws IOException {
    if (from.run() != null) {
      if (!store.fetchNewest(from.run(), ModelVersionStore.WEIGHTS, local)) {
        throw new InvalidMessageException(
            FIELD + ".run",
            "the model store has no "
                + ModelVersionStore.WEIGHTS
                + " of run "
                + Check.quote(from.run())
                + "; give a COMPLETED run");
      }
    } else if (!store.fetch(from.file(), local)) {
      throw new InvalidMessageException(
          FIELD + ".file", Check.quote(from.file()) + " is not in the model store");
    }
  }

  private String field() {
    return from.run() != null ? FIELD + ".run" : FIELD + ".file";
  }

  private Safetensors read(Path local) throws IOException {
    long size = Files.size(local);
    if (size > Integer.MAX_VALUE) {
      throw new InvalidMessageException(
          field(), "the weights have " + size + " bytes; give a file of at most 2 GiB");
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
      if (!from.skips(layer)) {
        network.assign(own.name(), values(own, file.tensors().get(own.name()), layer));
        taken++;
      }
    }
    LOG.infof(
        "Starts from trained weights: loaded %d of %s", taken, Check.count(count, "variable"));
  }

  private float[] values(Weights own, Safetensors.Tensor there, String layer) {
    String instead =
        "; put "
            + Check.quote(layer)
            + " into initial_weights.skip to start that layer from random weights";
    if (there == null) {
      throw new InvalidMessageException(
          field(), "has no variable " + Check.quote(own.name()) + instead);
    }
    if (!there.spec().shape().equals(own.shape())) {
      throw new InvalidMessageException(
          field(),
          Check.quote(own.name())
              + " has shape "
              + there.spec().shape()
              + " in the weights, but "
              + own.shape()
              + " in this network"
              + instead);
    }
    if (there.spec().dtype() != DType.F32) {
      throw new InvalidMessageException(
          field(), Check.quote(own.name()) + " has type " + there.spec().dtype() + "; give F32");
    }
    float[] values = new float[there.spec().elements()];
    there.data().asFloatBuffer().get(values);
    return values;
  }
}
