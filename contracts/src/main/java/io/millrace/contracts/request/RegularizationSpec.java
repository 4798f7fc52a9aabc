package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
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
   * Drops values in training and scales the others by 1 / (1 - rate) (Srivastava et al. 2014,
   * inverted); the identity in evaluation.
   */
  @JsonTypeName("Dropout")
  record Dropout(
      String name,
      @Describe("Share of the values dropped in training.") @Range(min = 0, below = 1) @Required
          Double rate,
      @Describe(
              "For images and series, one entry per axis, starting with the batch axis, which"
                  + " must be null. 1: all values along the axis are dropped together; null or the"
                  + " axis' size: each on its own. [null, 1, 1, 1] drops whole samples. Default:"
                  + " each value on its own.")
          List<Integer> noiseShape)
      implements RegularizationSpec {
    private static final FieldRules RULES = FieldRules.of(Dropout.class);

    private static final int LEAST_AXES = 3;
    private static final int MOST_AXES = 4;

    public Dropout {
      RULES.check("name", name);
      rate = RULES.check("rate", rate);
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
                + (input.size() == 1 ? "; leave it out for flat inputs" : "; give as many"));
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

  /** Dropout of whole features of a series, at all time steps. */
  @JsonTypeName("SpatialDropout1D")
  record SpatialDropout1D(
      String name,
      @Describe("Share of the features dropped in training.") @Range(min = 0, below = 1) @Required
          Double rate)
      implements RegularizationSpec {
    private static final FieldRules RULES = FieldRules.of(SpatialDropout1D.class);

    public SpatialDropout1D {
      RULES.check("name", name);
      rate = RULES.check("rate", rate);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return input;
    }
  }

  /** Dropout of whole channels of an image (Tompson et al. 2014). */
  @JsonTypeName("SpatialDropout2D")
  record SpatialDropout2D(
      String name,
      @Describe("Share of the channels dropped in training.") @Range(min = 0, below = 1) @Required
          Double rate)
      implements RegularizationSpec {
    private static final FieldRules RULES = FieldRules.of(SpatialDropout2D.class);

    public SpatialDropout2D {
      RULES.check("name", name);
      rate = RULES.check("rate", rate);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      return input;
    }
  }

  /**
   * Multiplies values by numbers from N(1, rate / (1 - rate)) in training; the second parameter is
   * the variance.
   */
  @JsonTypeName("GaussianDropout")
  record GaussianDropout(
      String name,
      @Describe("The noise has the variance rate / (1 - rate).")
          @Range(min = 0, below = 1)
          @Required
          Double rate)
      implements RegularizationSpec {
    private static final FieldRules RULES = FieldRules.of(GaussianDropout.class);

    public GaussianDropout {
      RULES.check("name", name);
      rate = RULES.check("rate", rate);
    }
  }

  /** Adds numbers from N(0, stddev²) in training. */
  @JsonTypeName("GaussianNoise")
  record GaussianNoiseLayer(
      String name,
      @Describe("Standard deviation of the noise.") @Range(min = 0, max = 1_000) @Required
          Double stddev)
      implements RegularizationSpec {
    private static final FieldRules RULES = FieldRules.of(GaussianNoiseLayer.class);

    public GaussianNoiseLayer {
      RULES.check("name", name);
      stddev = RULES.check("stddev", stddev);
    }
  }

  /** Dropout that keeps mean 0 and variance 1, for networks with SELU (Klambauer et al. 2017). */
  @JsonTypeName("AlphaDropout")
  record AlphaDropout(
      String name,
      @Describe("Share of the values dropped in training.") @Range(min = 0, below = 1) @Required
          Double rate)
      implements RegularizationSpec {
    private static final FieldRules RULES = FieldRules.of(AlphaDropout.class);

    public AlphaDropout {
      RULES.check("name", name);
      rate = RULES.check("rate", rate);
    }
  }
}
