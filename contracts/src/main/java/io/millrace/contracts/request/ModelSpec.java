package io.millrace.contracts.request;

import io.millrace.contracts.Check;
import java.util.List;

/**
 * The network: its layers from input to output. The input's shape is the data set's.
 *
 * @param layers 1..256 of them
 */
public record ModelSpec(List<LayerSpec> layers) {
  public ModelSpec {
    layers = List.copyOf(Check.size("layers", layers, 1, 256));
  }
}
