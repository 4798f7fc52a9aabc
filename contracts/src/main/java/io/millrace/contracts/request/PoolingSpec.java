package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import java.util.List;

/**
 * Layers that make one value of each window, or of each channel. They have no weights.
 *
 * @see <a href="https://keras.io/api/layers/pooling_layers/">Keras' layers of this family</a>
 */
public sealed interface PoolingSpec extends LayerSpec {

  /** Whether a layer pools a whole image or series to flat values. */
  static boolean isFlat(LayerSpec layer) {
    return layer instanceof GlobalMaxPooling1D max1 && !max1.keepdims()
        || layer instanceof GlobalMaxPooling2D max2 && !max2.keepdims()
        || layer instanceof GlobalAveragePooling1D mean1 && !mean1.keepdims()
        || layer instanceof GlobalAveragePooling2D mean2 && !mean2.keepdims();
  }

  @Override
  default List<LayerWeight> weights(List<Integer> input) {
    return List.of();
  }

  /** The maximum of each window of a series. */
  @JsonTypeName("MaxPooling1D")
  record MaxPooling1D(
      String name,
      @Describe("Size of the window in time steps.") @Range(min = 1, max = 255) @Default("2")
          Integer poolSize,
      @Describe("Time steps from one window to the next. Default: pool_size.")
          @Range(min = 1, max = 255)
          Integer strides,
      @Describe("How borders are padded.") @Default("valid") Padding padding)
      implements PoolingSpec {
    private static final FieldRules RULES = FieldRules.of(MaxPooling1D.class);

    public MaxPooling1D {
      RULES.check("name", name);
      poolSize = RULES.check("pool_size", poolSize);
      strides = RULES.check("strides", Check.orElse(strides, poolSize));
      padding = RULES.check("padding", padding);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return List.of(Shapes.times("pool_size", poolSize, strides, padding, input), input.get(1));
    }
  }

  /** The maximum of each window. */
  @JsonTypeName("MaxPooling2D")
  record MaxPooling2D(
      String name,
      @Describe("Size of the window: [rows, columns], or one number for both.")
          @Range(min = 1, max = 255)
          @Default("2")
          IntPair poolSize,
      @Describe(
              "Pixels from one window to the next: [rows, columns], or one number for both."
                  + " Default: pool_size.")
          @Range(min = 1, max = 255)
          IntPair strides,
      @Describe("How borders are padded.") @Default("valid") Padding padding)
      implements PoolingSpec {
    private static final FieldRules RULES = FieldRules.of(MaxPooling2D.class);

    public MaxPooling2D {
      RULES.check("name", name);
      poolSize = RULES.check("pool_size", poolSize);
      strides = RULES.check("strides", Check.orElse(strides, poolSize));
      padding = RULES.check("padding", padding);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      return Shapes.slide("pool_size", poolSize, strides, padding, input, input.get(2));
    }
  }

  /**
   * The mean of each window of a series; with padding same, the mean of the window's values inside
   * the series.
   */
  @JsonTypeName("AveragePooling1D")
  record AveragePooling1D(
      String name,
      @Describe("Size of the window in time steps.") @Range(min = 1, max = 255) @Default("2")
          Integer poolSize,
      @Describe("Time steps from one window to the next. Default: pool_size.")
          @Range(min = 1, max = 255)
          Integer strides,
      @Describe("How borders are padded.") @Default("valid") Padding padding)
      implements PoolingSpec {
    private static final FieldRules RULES = FieldRules.of(AveragePooling1D.class);

    public AveragePooling1D {
      RULES.check("name", name);
      poolSize = RULES.check("pool_size", poolSize);
      strides = RULES.check("strides", Check.orElse(strides, poolSize));
      padding = RULES.check("padding", padding);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return List.of(Shapes.times("pool_size", poolSize, strides, padding, input), input.get(1));
    }
  }

  /**
   * The mean of each window; with padding same, the mean of the window's values inside the image.
   */
  @JsonTypeName("AveragePooling2D")
  record AveragePooling2D(
      String name,
      @Describe("Size of the window: [rows, columns], or one number for both.")
          @Range(min = 1, max = 255)
          @Default("2")
          IntPair poolSize,
      @Describe(
              "Pixels from one window to the next: [rows, columns], or one number for both."
                  + " Default: pool_size.")
          @Range(min = 1, max = 255)
          IntPair strides,
      @Describe("How borders are padded.") @Default("valid") Padding padding)
      implements PoolingSpec {
    private static final FieldRules RULES = FieldRules.of(AveragePooling2D.class);

    public AveragePooling2D {
      RULES.check("name", name);
      poolSize = RULES.check("pool_size", poolSize);
      strides = RULES.check("strides", Check.orElse(strides, poolSize));
      padding = RULES.check("padding", padding);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      return Shapes.slide("pool_size", poolSize, strides, padding, input, input.get(2));
    }
  }

  /** The maximum of each feature over all time steps. */
  @JsonTypeName("GlobalMaxPooling1D")
  record GlobalMaxPooling1D(
      String name,
      @Describe("Whether the pooled axes stay, with size 1.") @Default("false") Boolean keepdims)
      implements PoolingSpec {
    private static final FieldRules RULES = FieldRules.of(GlobalMaxPooling1D.class);

    public GlobalMaxPooling1D {
      RULES.check("name", name);
      keepdims = RULES.check("keepdims", keepdims);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return keepdims ? List.of(1, input.get(1)) : List.of(input.get(1));
    }
  }

  /** The maximum of each channel of an image. */
  @JsonTypeName("GlobalMaxPooling2D")
  record GlobalMaxPooling2D(
      String name,
      @Describe("Whether the pooled axes stay, with size 1.") @Default("false") Boolean keepdims)
      implements PoolingSpec {
    private static final FieldRules RULES = FieldRules.of(GlobalMaxPooling2D.class);

    public GlobalMaxPooling2D {
      RULES.check("name", name);
      keepdims = RULES.check("keepdims", keepdims);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      return keepdims ? List.of(1, 1, input.get(2)) : List.of(input.get(2));
    }
  }

  /** The mean of each feature over all time steps. */
  @JsonTypeName("GlobalAveragePooling1D")
  record GlobalAveragePooling1D(
      String name,
      @Describe("Whether the pooled axes stay, with size 1.") @Default("false") Boolean keepdims)
      implements PoolingSpec {
    private static final FieldRules RULES = FieldRules.of(GlobalAveragePooling1D.class);

    public GlobalAveragePooling1D {
      RULES.check("name", name);
      keepdims = RULES.check("keepdims", keepdims);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return keepdims ? List.of(1, input.get(1)) : List.of(input.get(1));
    }
  }

  /** The mean of each channel of an image. */
  @JsonTypeName("GlobalAveragePooling2D")
  record GlobalAveragePooling2D(
      String name,
      @Describe("Whether the pooled axes stay, with size 1.") @Default("false") Boolean keepdims)
      implements PoolingSpec {
    private static final FieldRules RULES = FieldRules.of(GlobalAveragePooling2D.class);

    public GlobalAveragePooling2D {
      RULES.check("name", name);
      keepdims = RULES.check("keepdims", keepdims);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.images(this, input);
      return keepdims ? List.of(1, 1, input.get(2)) : List.of(input.get(2));
    }
  }
}
