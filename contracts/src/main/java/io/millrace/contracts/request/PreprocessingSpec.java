package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import java.util.List;

/**
 * Layers that prepare values for those behind them. They have no weights.
 *
 * @see <a href="https://keras.io/api/layers/preprocessing_layers/">Keras' layers of this family</a>
 */
public sealed interface PreprocessingSpec extends LayerSpec {

  @Override
  default List<LayerWeight> weights(List<Integer> input) {
    return List.of();
  }

  /**
   * {@code scale x + offset}.
   *
   * @param scale -1e6..1e6
   * @param offset -1e6..1e6; default 0
   */
  @JsonTypeName("Rescaling")
  record Rescaling(String name, Double scale, Double offset) implements PreprocessingSpec {
    public Rescaling {
      LayerFields.name(name);
      scale = Check.range("scale", scale, -1e6, 1e6);
      offset = Check.range("offset", Check.orElse(offset, 0.0), -1e6, 1e6);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      return input;
    }
  }
}
