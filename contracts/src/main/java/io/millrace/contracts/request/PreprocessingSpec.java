package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
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

  /**
   * {@code (x - mean) / max(sqrt(variance), 1e-7)}, over the last axis. There is no {@code
   * adapt()}: the numbers are given.
   *
   * @param mean a number, or one for each channel, -1e9..1e9
   * @param variance a number, or one for each channel, 0..1e18
   */
  @JsonTypeName("Normalization")
  record Normalization(String name, ChannelValues mean, ChannelValues variance)
      implements PreprocessingSpec {
    /** What Keras divides by at the least. */
    private static final double LEAST_DEVIATION = 1e-7;

    public Normalization {
      LayerFields.name(name);
      Check.required("mean", mean).within("mean", -1e9, 1e9);
      Check.required("variance", variance).within("variance", 0, 1e18);
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

  /**
   * The middle of an image; of an odd difference the smaller half goes before it.
   *
   * @param height 1..4,096, at most the image's
   * @param width 1..4,096, at most the image's
   */
  @JsonTypeName("CenterCrop")
  record CenterCropLayer(String name, Integer height, Integer width) implements PreprocessingSpec {
    public CenterCropLayer {
      LayerFields.name(name);
      height = Check.range("height", height, 1, MAX_SIDE);
      width = Check.range("width", width, 1, MAX_SIDE);
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
   *
   * @param height 1..4,096
   * @param width 1..4,096
   * @param interpolation default {@code bilinear}
   */
  @JsonTypeName("Resizing")
  record Resizing(String name, Integer height, Integer width, Interpolation interpolation)
      implements PreprocessingSpec {
    public Resizing {
      LayerFields.name(name);
      height = Check.range("height", height, 1, MAX_SIDE);
      width = Check.range("width", width, 1, MAX_SIDE);
      interpolation = Check.orElse(interpolation, Interpolation.BILINEAR);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      return List.of(height, width, input.get(2));
    }

    /** The pixel that the centre of an output's pixel lies in, along an axis. */
    public static int nearest(int place, int from, int to) {
      return (int) ((2L * place + 1) * from / (2L * to));
    }
  }
}
