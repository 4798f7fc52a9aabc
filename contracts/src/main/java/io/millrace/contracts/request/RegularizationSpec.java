package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.Collections;
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
   * @param noiseShape axis by axis, the batch's first: 1 where all values along it are dropped
   *     together, null, or its size, where each is on its own, as each sample is; of images and
   *     series. {@code [null, 1, 1, 1]} drops whole samples. By default each value is on its own
   */
  @JsonTypeName("Dropout")
  record Dropout(String name, Double rate, List<Integer> noiseShape) implements RegularizationSpec {
    private static final int LEAST_AXES = 3;
    private static final int MOST_AXES = 4;

    public Dropout {
      LayerFields.name(name);
      rate = Check.below("rate", rate, 0, 1);
      if (noiseShape != null) {
        if (noiseShape.size() < LEAST_AXES || noiseShape.size() > MOST_AXES) {
          throw new InvalidMessageException(
              "noise_shape",
              "has " + noiseShape.size() + " axes; give the 3 of a series or the 4 of images");
        }
        // It holds nulls, which List.copyOf refuses.
        noiseShape = Collections.unmodifiableList(new ArrayList<>(noiseShape));
        if (noiseShape.get(0) != null) {
          throw new InvalidMessageException(
              "noise_shape[0]",
              noiseShape.get(0) + " is not supported: each sample has its own noise; give null");
        }
      }
    }

    /** Each value on its own. */
    public Dropout(String name, Double rate) {
      this(name, rate, null);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      if (noiseShape == null) {
        return input;
      }
      if (noiseShape.size() != input.size() + 1) {
        throw new InvalidMessageException(
            "noise_shape",
            "has "
                + noiseShape.size()
                + " axes, where a batch of the input's shape "
                + input
                + " has "
                + (input.size() + 1)
                + (input.size() == 1 ? "; of flat values leave it out" : "; give as many"));
      }
      for (int axis = 0; axis < input.size(); axis++) {
        Integer size = noiseShape.get(axis + 1);
        if (size != null && size != 1 && !size.equals(input.get(axis))) {
          throw new InvalidMessageException(
              "noise_shape[" + (axis + 1) + "]",
              size + " is not the input's " + input.get(axis) + "; give null or 1");
        }
      }
      return input;
    }

    /** Whether values along an axis of a sample are dropped together. */
    public boolean sharesNoise(int axis) {
      return noiseShape != null && Integer.valueOf(1).equals(noiseShape.get(axis + 1));
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
