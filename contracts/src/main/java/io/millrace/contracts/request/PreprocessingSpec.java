package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
import java.util.List;

/**
 * Layers that prepare values for those behind them. They have no weights.
 *
 * @see <a href="https://keras.io/api/layers/preprocessing_layers/">Keras' layers of this family</a>
 */
public sealed interface PreprocessingSpec extends LayerSpec {

  /** The most that an image may have along a side, as in a request's {@code image_size}. */
  int MAX_SIDE = 4_096;

  @Override
  default List<LayerWeight> weights(List<Integer> input) {
    return List.of();
  }

  /** {@code scale x + offset}. */
  @JsonTypeName("Rescaling")
  record Rescaling(
      String name,
      @Describe("Factor.") @Range(min = -1e6, max = 1e6) @Required Double scale,
      @Describe("Number that is added after the multiplication.")
          @Range(min = -1e6, max = 1e6)
          @Default("0")
          Double offset)
      implements PreprocessingSpec {
    private static final FieldRules RULES = FieldRules.of(Rescaling.class);

    public Rescaling {
      RULES.check("name", name);
      scale = RULES.check("scale", scale);
      offset = RULES.check("offset", offset);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      return input;
    }
  }

  /**
   * {@code (x - mean) / max(sqrt(variance), 1e-7)}, over the last axis. There is no {@code
   * adapt()}: the numbers are given.
   */
  @JsonTypeName("Normalization")
  record Normalization(
      String name,
      @Describe("Mean: one number for all channels, or a list with one per channel.")
          @Range(min = -1e9, max = 1e9)
          @Required
          ChannelValues mean,
      @Describe("Variance: one number for all channels, or a list with one per channel.")
          @Range(min = 0, max = 1e18)
          @Required
          ChannelValues variance)
      implements PreprocessingSpec {
    private static final FieldRules RULES = FieldRules.of(Normalization.class);

    /** What Keras divides by at the least. */
    private static final double LEAST_DEVIATION = 1e-7;

    public Normalization {
      RULES.check("name", name);
      mean = RULES.check("mean", mean);
      variance = RULES.check("variance", variance);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      mean.fit("mean", input);
      variance.fit("variance", input);
      return input;
    }

    /** What a channel is divided by. */
    public double deviation(int channel) {
      return Math.max(Math.sqrt(variance.of(channel)), LEAST_DEVIATION);
    }
  }

  /** The middle of an image; of an odd difference the smaller half goes before it. */
  @JsonTypeName("CenterCrop")
  record CenterCropLayer(
      String name,
      @Describe("Height in pixels, at most the image's.") @Range(min = 1, max = 4_096) @Required
          Integer height,
      @Describe("Width in pixels, at most the image's.") @Range(min = 1, max = 4_096) @Required
          Integer width)
      implements PreprocessingSpec {
    private static final FieldRules RULES = FieldRules.of(CenterCropLayer.class);

    public CenterCropLayer {
      RULES.check("name", name);
      height = RULES.check("height", height);
      width = RULES.check("width", width);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      refuseAbove("height", height, input.get(0));
      refuseAbove("width", width, input.get(1));
      return List.of(height, width, input.get(2));
    }

    /** Keras enlarges such images, cut to the crop's proportions. */
    private static void refuseAbove(String field, int size, int image) {
      if (size > image) {
        throw new InvalidMessageException(
            field,
            size
                + " is more than the image's "
                + field
                + " of "
                + image
                + "; give at most that, or a Resizing before this layer");
      }
    }
  }

  /**
   * Images of another size, without antialiasing: pixels are squares, and an output's place is its
   * centre's share of the image.
   */
  @JsonTypeName("Resizing")
  record Resizing(
      String name,
      @Describe("Height in pixels.") @Range(min = 1, max = 4_096) @Required Integer height,
      @Describe("Width in pixels.") @Range(min = 1, max = 4_096) @Required Integer width,
      @Describe("How pixels are interpolated.") @Default("bilinear") Interpolation interpolation)
      implements PreprocessingSpec {
    private static final FieldRules RULES = FieldRules.of(Resizing.class);

    public Resizing {
      RULES.check("name", name);
      height = RULES.check("height", height);
      width = RULES.check("width", width);
      interpolation = RULES.check("interpolation", interpolation);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      return List.of(height, width, input.get(2));
    }

    /** The pixel at the centre of an output's pixel, along an axis. */
    public static int nearest(int place, int from, int to) {
      return (int) ((2L * place + 1) * from / (2L * to));
    }
  }
}
