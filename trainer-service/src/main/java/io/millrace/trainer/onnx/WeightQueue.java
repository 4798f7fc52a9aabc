package io.millrace.trainer.onnx;

import io.millrace.trainer.network.Weights;
import java.util.Iterator;
import java.util.List;

/** A network's variables in order: layer by layer, each layer's in Keras' order. */
final class WeightQueue {
  private final Iterator<Weights> weights;

  WeightQueue(List<Weights> weights) {
    this.weights = weights.iterator();
  }

  Weights next() {
    return weights.next();
  }

  boolean isEmpty() {
    return !weights.hasNext();
  }
}
