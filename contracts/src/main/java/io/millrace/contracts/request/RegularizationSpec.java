package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import java.util.List;

/**
 * Dropout and noise: at work while training, the identity in evaluation. The shape stays.
 *
 * @see <a href="https://keras.io/api/layers/regularization_layers/">Keras' layers of this
 *     family</a>
 */
public sealed interface RegularizationSpec extends LayerSpec {

  @Override
  default List<Integer> outputShape(List<Integer> input) {
    return input;
  }

  @Override
  default List<LayerWeight> weights(List<Integer> input) {
    return List.of();
  }

  /**
   * Drops values while training and scales the others by {@code 1 / (1 - rate)} (Srivastava et al.
   * 2014, inverted); the identity in evaluation.
   *
   * @param rate the share that is dropped, 0 ≤ rate &lt; 1
   */
  @JsonTypeName("Dropout")
  record Dropout(String name, Double rate) implements RegularizationSpec {
    public Dropout {
      LayerFields.name(name);
      rate = Check.below("rate", rate, 0, 1);
    }
  }

  /**
   * Dropout of whole features of a series, at all times.
   *
   * @param rate the share that is dropped, 0 ≤ rate &lt; 1
   */
  @JsonTypeName("SpatialDropout1D")
  record SpatialDropout1D(String name, Double rate) implements RegularizationSpec {
    public SpatialDropout1D {
      LayerFields.name(name);
      rate = Check.below("rate", rate, 0, 1);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return input;
    }
  }

  /**
   * Dropout of whole channels of an image (Tompson et al. 2014).
   *
   * @param rate the share that is dropped, 0 ≤ rate &lt; 1
   */
  @JsonTypeName("SpatialDropout2D")
  record SpatialDropout2D(String name, Double rate) implements RegularizationSpec {
    public SpatialDropout2D {
      LayerFields.name(name);
      rate = Check.below("rate", rate, 0, 1);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      return input;
    }
  }

  /**
   * Multiplies by numbers from {@code N(1, rate / (1 - rate))}, the second being the variance,
   * while training.
   *
   * @param rate the share that is dropped, 0 ≤ rate &lt; 1
   */
  @JsonTypeName("GaussianDropout")
  record GaussianDropout(String name, Double rate) implements RegularizationSpec {
    public GaussianDropout {
      LayerFields.name(name);
      rate = Check.below("rate", rate, 0, 1);
    }
  }

  /**
   * Adds numbers from {@code N(0, stddev²)} while training.
   *
   * @param stddev the standard deviation, 0..1000
   */
  @JsonTypeName("GaussianNoise")
  record GaussianNoiseLayer(String name, Double stddev) implements RegularizationSpec {
    public GaussianNoiseLayer {
      LayerFields.name(name);
      stddev = Check.range("stddev", stddev, 0, 1000);
    }
  }

  /**
   * Dropout that keeps mean 0 and variance 1, for networks of SELUs (Klambauer et al. 2017).
   *
   * @param rate the share that is dropped, 0 ≤ rate &lt; 1
   */
  @JsonTypeName("AlphaDropout")
  record AlphaDropout(String name, Double rate) implements RegularizationSpec {
    public AlphaDropout {
      LayerFields.name(name);
      rate = Check.below("rate", rate, 0, 1);
    }
  }
}
